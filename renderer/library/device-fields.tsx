import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Fit } from '../../electron/contract/library/fit.ts';
import type { ComputeDevice, ModelOptions } from '../../electron/contract/library/schema.ts';
import { ChangedDot } from '../design/changed-dot.tsx';
import { formatList } from '../design/format.ts';
import { Select } from '../design/select.tsx';
import { Slider } from '../design/slider.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatGigabyteFigure, formatGigabytes } from './fit-wording.ts';

type Gpu = NonNullable<ModelOptions['gpu']>;

/** In display order, the processor first. */
const kinds = ['cpu', 'cuda', 'metal', 'vulkan'] as const;

const kindWords: Readonly<Record<(typeof kinds)[number], string>> = {
	cpu: t('Processor'),
	cuda: 'CUDA',
	metal: 'Metal',
	vulkan: 'Vulkan',
};

/** Describes what "automatic" means on this computer, as the engine decides it. */
function describeAutomaticDevice(devices: readonly ComputeDevice[]): string {
	const found = (['metal', 'cuda'] as const).find((kind) =>
		devices.some((device) => device.kind === kind && device.absent === undefined),
	);
	return kindWords[found ?? 'cpu'];
}

function choices(devices: readonly ComputeDevice[]): { value: Gpu; words: string; disabled?: boolean }[] {
	return [
		{ value: 'auto', words: t('Automatic: {device}', { device: describeAutomaticDevice(devices) }) },
		...kinds.flatMap((kind) => {
			const own = devices.filter((device) => device.kind === kind);
			if (own.length === 0) return [];
			const usable = own.filter(({ absent }) => absent === undefined);
			const words =
				usable.length > 0
					? `${kindWords[kind]}: ${formatList(usable.map(({ name }) => name))}`
					: t('{kind}: not available', { kind: kindWords[kind] });
			return [{ value: kind, words, disabled: usable.length === 0 }];
		}),
	];
}

/** Chooses the device that the model runs on, and how many layers it holds. */
export function DeviceFields({
	options: { gpu, gpuLayers },
	fit,
	onChange,
}: {
	options: ModelOptions;
	fit: Fit | null;
	onChange: (change: ModelOptions) => void;
}) {
	const { models } = useServices();
	const devices = useStore(models.fits.state, (state) => state.devices);
	useEffect(() => void models.fits.lookAtDevices(), [models]);
	const absent = devices?.filter((device) => device.absent !== undefined) ?? [];
	const onGpu = fit?.gpu ?? null;
	return (
		<>
			<section aria-label={t('Runs on')}>
				<FieldLabel of={t('Runs on')} changed={gpu !== undefined && gpu !== 'auto'} />
				{devices === null ? (
					<p className="text-xs text-ink-3">{t('Detecting devices.')}</p>
				) : (
					<>
						<Select
							wide
							label={t('Runs on')}
							value={gpu ?? 'auto'}
							options={choices(devices)}
							onChange={(next) => onChange({ gpu: next === 'auto' ? undefined : next, gpuLayers: undefined })}
						/>
						{absent.length === 0 ? null : (
							<ul className="mt-1 flex flex-col gap-0.5 text-xs text-ink-3">
								{absent.map(({ kind, name, absent: why }) => (
									<li key={kind}>
										{name}: {why}
									</li>
								))}
							</ul>
						)}
					</>
				)}
			</section>
			{onGpu === null ? null : (
				<section aria-label={t('Layers on the GPU')}>
					<Slider
						label={t('Layers on the GPU')}
						value={Math.min(typeof gpuLayers === 'number' ? gpuLayers : onGpu.layers, onGpu.most)}
						min={0}
						max={onGpu.most}
						step={1}
						changed={typeof gpuLayers === 'number'}
						title={t('More layers on the GPU make answers faster. The processor computes the rest.')}
						onChange={(next) => onChange({ gpuLayers: next })}
					/>
					<p className="mt-1 flex items-baseline gap-2 text-xs text-ink-3">
						<span className="flex-1">
							{typeof gpuLayers === 'number' ? '' : t('Automatic: as many as fit in its memory.')}{' '}
							{onGpu.freeBytes === null
								? t('The GPU shares memory with the processor.')
								: t('Uses {vramBytes} of the {freeBytes} free on the GPU.', {
										vramBytes: formatGigabyteFigure(fit?.vramBytes ?? 0),
										freeBytes: formatGigabytes(onGpu.freeBytes),
									})}
						</span>
						{typeof gpuLayers === 'number' ? (
							<button
								type="button"
								className="flex-none text-accent-ink underline"
								onClick={() => onChange({ gpuLayers: undefined })}
							>
								{t('Automatic')}
							</button>
						) : null}
					</p>
				</section>
			)}
		</>
	);
}

/** Label above a choice, with a dot if it differs from the default. */
export function FieldLabel({ of, changed = false }: { of: string; changed?: boolean }) {
	return (
		<p className="mb-[5px] text-xs font-medium text-ink-2">
			{of}
			{changed ? <ChangedDot /> : null}
		</p>
	);
}
