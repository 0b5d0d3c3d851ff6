import { Gauge, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Badge } from '../design/badge.tsx';
import { Button, textLinkClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeCaveats, hasDoubtfulSpeed } from './comparison-wording.ts';
import { ExtendDialog } from './extend-dialog.tsx';
import { useSetDefaultModel } from './use-set-default-model.ts';

/** Keeps numbers and their units on one line. */
function keepUnitsTogether(text: string): string {
	return text.replaceAll(/(\d) (%|points|nats|samples)/g, '$1\u00A0$2');
}

/** Describes the evidence for the verdict, and what would make it firmer. */
function describeCertainty({ verdict, status }: Comparison): readonly string[] {
	const detail = keepUnitsTogether(verdict?.detail ?? '');
	const known = detail === '' ? [] : [detail];
	if (verdict?.confidence === 'provisional') return known;
	if (status !== 'done') return [...known, t('Provisional until the added measurements are complete.')];
	return known.length > 0 ? known : [t('Every claim is tested, all of them together at the 5\u00A0% level.')];
}

/** The verdict, its certainty and the next steps. */
export function VerdictLine({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	const { comparisons, models, sweeps } = services;
	const chat = useSetDefaultModel();
	const [growing, setGrowing] = useState(false);
	const { verdict, rows, status, run, plan, importedFrom } = comparison;
	const chosen = rows.find(({ candidateId }) => candidateId === verdict?.choose);
	const isDefault = useStore(
		models.state,
		(state) => state.models.find(({ id }) => id === chosen?.modelFileId)?.default ?? false,
	);
	if (verdict === null) return null;
	const provisional = verdict.confidence === 'provisional' || status !== 'done';
	// The figures of an incomplete comparison have no lead: nothing is recommended yet.
	const parts = keepUnitsTogether(verdict.text).split(/(?<=\.) |(?<=。)/);
	const [lead = '', ...rest] = provisional ? ['', ...parts] : parts;
	const unsteady = status === 'done' && importedFrom === null && hasDoubtfulSpeed(comparison);
	const grows = status === 'done' && importedFrom === null && (run !== null || plan.chunks !== null);
	return (
		<section aria-label={provisional ? t('Provisional result') : t('Verdict')} className="mb-4 flex items-start gap-6">
			<div className="min-w-0 flex-1">
				<p className="text-lg text-pretty">
					{provisional ? (
						<span className="mr-2 inline-flex align-[3px]">
							<Badge tone="line">{t('Provisional')}</Badge>
						</span>
					) : (
						<b className="font-semibold">{lead} </b>
					)}
					{rest.join(' ')}
				</p>
				<p className="mt-1 text-pretty text-ink-2">
					{describeCertainty(comparison).join(' ')}{' '}
					{grows ? (
						<button type="button" className={textLinkClass} onClick={() => setGrowing(true)}>
							{t('Add samples')}
						</button>
					) : null}
				</p>
				<CaveatLines comparison={comparison} />
				{unsteady ? (
					<Button
						size="sm"
						icon={RotateCw}
						className="mt-2"
						onClick={() => void runOrToast(services, () => comparisons.grow({ id: comparison.id, speed: true }))}
					>
						{t('Measure speed again when quiet')}
					</Button>
				) : null}
			</div>
			{chosen?.modelFileId == null || provisional ? null : (
				<div className="flex flex-none flex-col items-end gap-2">
					{isDefault && chosen.adapters.length === 0 ? (
						<span className="pt-1 text-ink-2">{t('{name} is the default', { name: chosen.name })}</span>
					) : (
						<Button kind="primary" onClick={() => void chat(chosen.modelFileId ?? 0, chosen.name, chosen.adapters)}>
							{t('Use {name} for chat', { name: chosen.name })}
						</Button>
					)}
					<Button kind="ghost" size="sm" icon={Gauge} onClick={() => void sweeps.open(chosen.modelFileId ?? 0)}>
						{t('Find its fastest settings')}
					</Button>
				</div>
			)}
			{growing ? <ExtendDialog comparison={comparison} onClose={() => setGrowing(false)} /> : null}
		</section>
	);
}

/** Everything that makes the numbers less reliable, one line each. */
export function CaveatLines({ comparison }: { comparison: Comparison }) {
	return describeCaveats(comparison).map((words) => (
		<p key={words} className="mt-1 flex items-start gap-2 text-xs text-pretty text-ink-2">
			<Icon of={TriangleAlert} size={14} className="mt-0.5 text-warn" />
			{words}
		</p>
	));
}
