import { Gauge, RotateCcw } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Fit } from '../../electron/contract/library/fit.ts';
import type { ModelFile, ModelOptions } from '../../electron/contract/library/schema.ts';
import { createDebounce } from '../connection/debounce.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { FitBadge } from './fit-badge.tsx';
import { FitBar } from './fit-breakdown.tsx';
import { formatGigabyteFigure, formatGigabytes } from './fit-wording.ts';
import { LoadSettingsFields } from './load-settings-fields.tsx';

/** Pause after the last change before it is stored, in ms. */
const restMs = 400;

/** Load settings of the model on this computer. */
export function LoadSettingsPart({ model }: { model: ModelFile }) {
	const { sweeps } = useServices();
	// Read the settings again after a sweep applied new ones.
	const applied = useStore(sweeps.state, (found) => found.applied);
	return <Settings key={applied} model={model} />;
}

/** Load settings with a memory estimate that follows every change. */
function Settings({ model }: { model: ModelFile }) {
	const { models, connection, toasts, sweeps } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const [options, setOptions] = useState<ModelOptions | null>(null);
	const [fit, setFit] = useState<Fit | null>(null);
	const [stale, setStale] = useState(false);
	const [pause] = useState(createDebounce);
	const asked = useRef(0);

	const look = useCallback(
		async (next: ModelOptions): Promise<void> => {
			asked.current += 1;
			const mine = asked.current;
			// Omitted options would fall back to the model's stored ones, which may be older than those on the screen.
			const blank: ModelOptions = { contextSize: 'auto', keyType: 'F16', valueType: 'F16', flashAttention: 'auto' };
			const answer = await models.fits
				.look(model.id, {
					...blank,
					mapWeights: true,
					batchSize: 512,
					rope: {},
					gpu: 'auto',
					gpuLayers: 'auto',
					...fitPart(next),
				})
				.catch(() => null);
			if (answer !== null && mine === asked.current) setFit(answer);
		},
		[models, model.id],
	);

	useEffect(() => {
		let current = true;
		connection.client.models.options({ id: model.id }).then(
			(answer) => {
				if (!current) return;
				setOptions(answer.options);
				void look(answer.options);
			},
			(error: unknown) => toasts.fail(toFailure(error).message),
		);
		return () => {
			current = false;
		};
	}, [connection, toasts, model.id, look]);

	async function keep(next: ModelOptions): Promise<void> {
		try {
			if (await models.setOptions(model.id, next)) setStale(true);
			void models.fits.refresh();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}

	function change(next: ModelOptions): void {
		setOptions(next);
		void look(next);
		pause.start(() => void keep(next), restMs);
	}

	if (options === null) return <Skeleton rows={6} />;
	const own = Object.values(options).some((value) => value !== undefined);
	return (
		<>
			<section
				aria-label={t('Memory with these settings')}
				className="rounded-lg border border-line bg-sunken px-3 py-2.5"
			>
				<p className="mb-2 flex min-h-5 items-center gap-2">
					<span className="flex-1 font-medium tabular-nums">
						{fit === null
							? t('Memory')
							: t('{sum} of {free}', {
									sum: formatGigabyteFigure(fit.sumBytes),
									free: formatGigabytes(fit.freeBytes),
								})}
					</span>
					{fit === null ? null : <FitBadge verdict={fit.verdict} />}
				</p>
				{fit === null ? <div className="h-3.5" /> : <FitBar fit={fit} />}
			</section>
			{stale && state?.state === 'loaded' ? (
				<div className="flex items-center gap-2 text-xs text-ink-2">
					<span className="flex-1">{t('The loaded model still uses the previous settings.')}</span>
					<Button
						size="sm"
						onClick={() => {
							setStale(false);
							void models.load(model.id);
						}}
					>
						{t('Reload')}
					</Button>
				</div>
			) : null}
			{model.kind === 'model' ? (
				<Button size="sm" icon={Gauge} className="self-start" onClick={() => void sweeps.open(model.id)}>
					{t('Find the fastest settings')}
				</Button>
			) : null}
			<LoadSettingsFields model={model} options={options} fit={fit} onChange={change} />
			<Button
				size="sm"
				icon={RotateCcw}
				className="self-start"
				blocked={own ? undefined : t('All settings are automatic')}
				onClick={() => change({})}
			>
				{t('Reset to automatic')}
			</Button>
		</>
	);
}

/** Options that affect memory. */
const fitKeys = [
	...(['contextSize', 'keyType', 'valueType', 'flashAttention', 'mapWeights', 'batchSize'] as const),
	...(['gpu', 'gpuLayers', 'rope'] as const),
];

function fitPart(options: ModelOptions) {
	return Object.fromEntries(
		fitKeys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]] as const])),
	);
}
