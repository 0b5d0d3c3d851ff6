import { Check as CheckMark, ChevronRight, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { CheckReport, Duplicate } from '../../electron/contract/dataset/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { DiffText } from '../design/diff-text.tsx';
import { formatConjunction, formatCount, formatList, formatPercentage } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { diffWords } from '../design/word-diff.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import type { Check } from './check-store.ts';
import { isChangeable } from './dataset-store.ts';
import { PersonalData } from './personal-data.tsx';

/** All checks with their findings and possible remedies. */
export function CheckFindings({ check }: { check: Extract<Check, { status: 'done' }> }) {
	const { report } = check;
	const { exact, near } = report;
	return (
		<ul aria-label={t('Findings')} className="rounded-lg border border-line">
			<Finding
				found={exact.count}
				none={t('No exact duplicates')}
				some={t(
					'{count, plural, one {# pair} other {# pairs}} of exact duplicates (ignoring case, accents, spaces, quotation marks and punctuation at word ends)',
					{ count: exact.count },
				)}
				action={<RemoveDuplicates check={check} which="exact" />}
			>
				<SimilarPairs pairs={exact.pairs} total={exact.count} />
			</Finding>
			{near.threshold === null ? null : (
				<Finding
					found={near.count}
					none={t('No near duplicates')}
					some={t('{count, plural, one {# pair} other {# pairs}} of near duplicates (at least {percent} similar)', {
						count: near.count,
						percent: formatPercentage(Math.round(100 * near.threshold)),
					})}
					action={<RemoveDuplicates check={check} which="near" />}
				>
					<SimilarPairs pairs={near.pairs} total={near.count} />
				</Finding>
			)}
			<Finding
				found={report.overlap.reduce((sum, one) => sum + one.count, 0)}
				none={t('No sample is in two splits')}
				some={t('Same or similar samples in two splits: {overlap}', { overlap: describeOverlap(report.overlap) })}
			>
				<SimilarPairs
					pairs={[...exact.pairs, ...near.pairs].filter((pair) => overlaps(report.overlap, pair))}
					total={report.overlap.reduce((sum, one) => sum + one.count, 0)}
				/>
			</Finding>
			<Finding
				found={report.conflicts}
				none={t('No conflicting targets')}
				some={t('{conflicts, plural, one {# question} other {# questions}} with different targets', {
					conflicts: report.conflicts,
				})}
			>
				<SimilarPairs
					pairs={[...exact.pairs, ...near.pairs].filter(({ sameTarget }) => !sameTarget)}
					total={report.conflicts}
				/>
			</Finding>
			<Finding
				found={report.withoutTarget}
				none={t('Every sample has a target')}
				some={t('{withoutTarget, plural, one {# sample} other {# samples}} without a target', {
					withoutTarget: report.withoutTarget,
				})}
				action={<ShowWithoutTarget />}
			/>
			{report.emptyInputs > 0 ? (
				<Finding
					found={report.emptyInputs}
					none=""
					some={t('{emptyInputs, plural, one {# sample} other {# samples}} with an empty input', {
						emptyInputs: report.emptyInputs,
					})}
				/>
			) : null}
			{report.targetNotAChoice > 0 ? (
				<Finding
					found={report.targetNotAChoice}
					none=""
					some={t('{targetNotAChoice, plural, one {# target} other {# targets}} not among the choices', {
						targetNotAChoice: report.targetNotAChoice,
					})}
				/>
			) : null}
			<Finding
				found={report.personal.count}
				none={t('No email addresses, phone numbers, account or card numbers, or IP addresses')}
				some={t('Personal data in {count, plural, one {# place} other {# places}}', { count: report.personal.count })}
			>
				<PersonalData report={report} />
			</Finding>
		</ul>
	);
}

function Finding({
	found,
	none,
	some,
	action,
	children,
}: {
	found: number;
	none: string;
	some: string;
	action?: ReactNode;
	children?: ReactNode;
}) {
	const [open, setOpen] = useState(false);
	const clean = found === 0;
	return (
		<li className="border-b border-line last:border-b-0">
			<div className="flex min-h-10 items-center gap-2.5 px-3.5 py-1.5">
				<Icon of={clean ? CheckMark : TriangleAlert} size={14} className={clean ? 'text-good' : 'text-warn'} />
				<span className={`min-w-0 flex-1 tabular-nums ${clean ? 'text-ink-2' : ''}`}>{clean ? none : some}</span>
				{clean ? null : action}
				{clean || children === undefined ? null : (
					<Button size="sm" kind="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
						<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
						{open ? t('Hide') : t('Show')}
					</Button>
				)}
			</div>
			{open && !clean ? <div className="border-t border-line px-3.5 py-2.5">{children}</div> : null}
		</li>
	);
}

function overlaps(overlap: CheckReport['overlap'], { first, second }: Duplicate): boolean {
	const both = [first.split, second.split];
	return first.split !== second.split && overlap.some(({ splits }) => splits.every((split) => both.includes(split)));
}

function describeOverlap(overlap: CheckReport['overlap']): string {
	return formatList(
		overlap.map(({ splits: [a, b], count: n }) =>
			t('{n, plural, one {# pair} other {# pairs}} in {a} and {b}', { n, a, b }),
		),
	);
}

function RemoveDuplicates({ check, which }: { check: Extract<Check, { status: 'done' }>; which: 'exact' | 'near' }) {
	const services = useServices();
	const { connection, datasets } = services;
	const changeable = useStore(datasets.state, isChangeable);
	return (
		<Button
			size="sm"
			blocked={changeable ? undefined : t('Only the newest version can be edited')}
			onClick={() =>
				void changeSamples(
					services,
					() => connection.client.datasets.checks.removeDuplicates({ jobId: check.jobId, which }),
					({ changed }) => t('{changed, plural, one {# duplicate} other {# duplicates}} removed', { changed }),
				)
			}
		>
			{t('Remove later copies')}
		</Button>
	);
}

function ShowWithoutTarget() {
	const { datasets, samples } = useServices();
	return (
		<Button
			size="sm"
			kind="ghost"
			onClick={() => {
				datasets.show('samples');
				samples.change({ target: 'none' });
			}}
		>
			{t('Show samples')}
		</Button>
	);
}

/** Number of pairs shown at a time. */
const step = 10;

/** Identical or nearly identical samples side by side with their differences. `total`: number of all pairs. */
function SimilarPairs({ pairs, total }: { pairs: readonly Duplicate[]; total: number }) {
	const [shown, setShown] = useState(step);
	return (
		<>
			<ul className="flex flex-col gap-2">
				{pairs.slice(0, shown).map((pair) => (
					<SimilarPair key={`${pair.first.id} ${pair.second.id}`} pair={pair} />
				))}
			</ul>
			{shown < pairs.length ? (
				<Button size="sm" className="mt-2" onClick={() => setShown(shown + step * 5)}>
					{t('Show more of {count}', { count: formatCount(pairs.length) })}
				</Button>
			) : total > pairs.length ? (
				<p className="mt-2 text-xs text-ink-3">
					{t('Showing the first {count} of {total}.', { count: formatCount(pairs.length), total: formatCount(total) })}
				</p>
			) : null}
		</>
	);
}

function SimilarPair({ pair: { first, second, similarity, onlyNumbers, sameTarget } }: { pair: Duplicate }) {
	const { datasets, samples } = useServices();
	const runs = diffWords(first.input, second.input);
	function show(): void {
		datasets.show('samples');
		samples.change({ only: { ids: [first.id, second.id], why: t('This pair') } });
	}
	return (
		<li className="overflow-hidden rounded-md border border-line text-xs">
			<div className="flex items-center gap-2 border-b border-line bg-sunken px-2.5 py-1">
				<span className="tabular-nums">
					{similarity >= 1
						? t('Identical')
						: t('{percent} similar', { percent: formatPercentage(Math.floor(100 * similarity)) })}
				</span>
				{sameTarget ? null : <Badge tone="warn">{t('Different target')}</Badge>}
				{onlyNumbers ? <Badge tone="plain">{t('Only numbers differ')}</Badge> : null}
				<span className="min-w-0 flex-1 truncate text-right text-ink-3">
					{first.split === second.split ? first.split : formatConjunction([first.split, second.split])}
				</span>
				<Button size="sm" kind="ghost" onClick={show}>
					{t('Open both')}
				</Button>
			</div>
			<div className="grid grid-cols-2">
				<div className="min-w-0 border-r border-line px-2.5 py-1.5">
					<DiffText runs={runs} side="before" />
				</div>
				<div className="min-w-0 px-2.5 py-1.5">
					<DiffText runs={runs} side="after" />
				</div>
			</div>
		</li>
	);
}
