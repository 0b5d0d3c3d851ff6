import { type ReactNode, useId } from 'react';
import type { RunComparison } from '../../../electron/contract/evaluation/schema.ts';
import { capitalise, sentence } from '../../messages/sentences.ts';
import { Trans } from '../../messages/trans.tsx';
import type { Unit } from '../score-format.ts';
import { type ArmPair, firstPair, isRescored } from './arm-pairs.ts';
import { describeVerdict, type Verdict, type VerdictInput } from './verdict.ts';

/** The verdict on the chosen pair; null: nothing is compared, or the comparison has not arrived. */
export function findVerdict({
	armPair,
	comparison,
	subject,
	unit,
	progress,
	total,
}: {
	armPair: ArmPair | undefined;
	comparison: RunComparison | undefined;
	subject: string;
	unit: Unit;
	progress: VerdictInput['progress'];
	total: number;
}): Verdict | null {
	const pair = firstPair(comparison);
	if (armPair === undefined || pair === undefined || pair.n === 0) return null;
	return describeVerdict({
		subject,
		pair,
		unit,
		rescored: isRescored(comparison),
		comparisons: armPair.family.length,
		progress,
		total,
	});
}

/** The result in one sentence over everything else: what is compared, what is known, and the next step. */
export function VerdictBanner({
	title,
	verdict,
	nothing,
	actions,
}: {
	/** "v5 against v4", as menus. */
	title: ReactNode;
	verdict: Verdict | null;
	/** Shown instead of a verdict; null: it has not arrived yet. */
	nothing: string | null;
	actions?: ReactNode;
}) {
	const heading = useId();
	return (
		<section
			aria-labelledby={heading}
			className={`flex flex-none flex-wrap items-end gap-x-4 gap-y-2 border-b border-line px-5 pt-2.5 pb-3 ${
				verdict?.state === 'decided' ? 'bg-accent-soft' : 'bg-surface'
			}`}
		>
			<div className="min-w-60 flex-1">
				<h2 id={heading} className="-ml-1 flex flex-wrap items-center gap-x-1 text-xs font-medium">
					{title}
				</h2>
				{verdict === null ? (
					<p className="min-h-6.5 text-ink-2">{nothing}</p>
				) : (
					<>
						<p className="text-lg/6.5 font-semibold tracking-[-0.012em] text-pretty tabular-nums">
							{verdict.range === '' ? (
								sentence(verdict.lead)
							) : (
								<Trans
									text="{lead} {range}."
									values={{
										lead: verdict.lead,
										range: <span className="font-normal text-ink-2">{verdict.range}</span>,
									}}
								/>
							)}{' '}
							{verdict.next === '' ? null : (
								<span className="inline-block text-sm font-normal text-ink-2">{verdict.next}</span>
							)}
						</p>
						{verdict.detail === '' ? null : (
							<p className="mt-px text-xs text-pretty text-ink-3 tabular-nums">{capitalise(verdict.detail)}</p>
						)}
					</>
				)}
			</div>
			{actions}
		</section>
	);
}
