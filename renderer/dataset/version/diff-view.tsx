import { GitCompare } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { ChoiceMenu } from '../../design/field/choice-menu.tsx';
import { formatCount, formatPercent } from '../../design/format.ts';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { formatVersion, shownVersion } from '../datasets.ts';
import { VersionDiffRow } from './diff-row.tsx';
import { describeDiff } from './draft-line.tsx';
import { useDiff } from './use-diff.ts';

/** What differs between two versions: each sample that was added, removed, changed or moved, word by word. */
export function VersionDiffView() {
	const { datasets } = useServices();
	const versions = useStore(datasets.state, (state) => state.versions);
	const shown = useStore(datasets.state, shownVersion);
	const [chosen, setChosen] = useState<number | null>(null);
	const earlier = versions.filter(({ number }) => shown !== undefined && number < shown.number);
	const from = earlier.find(({ id }) => id === chosen) ?? earlier[0];
	if (shown === undefined) return null;
	if (from === undefined) {
		return (
			<EmptyState icon={GitCompare} title="Nothing to compare with">
				This is the first version. When it is frozen and something changes, the changes are shown here.
			</EmptyState>
		);
	}
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
				<ChoiceMenu
					label="From"
					value={String(from.id)}
					options={earlier.map((version) => ({ value: String(version.id), words: `From ${formatVersion(version)}` }))}
					onChange={(value) => setChosen(Number(value))}
				/>
				<span className="text-ink-2">to {formatVersion(shown)}</span>
			</div>
			<Rows key={`${from.id} ${shown.id}`} fromVersionId={from.id} toVersionId={shown.id} revision={shown.revision} />
		</div>
	);
}

function Rows({
	fromVersionId,
	toVersionId,
	revision,
}: {
	fromVersionId: number;
	toVersionId: number;
	revision: number;
}) {
	const { diff, failure, more } = useDiff(fromVersionId, toVersionId, revision);
	if (failure !== null) {
		return (
			<div className="p-5">
				<FailureCard title="The versions could not be compared" failure={failure} />
			</div>
		);
	}
	if (diff === null) return <Skeleton rows={6} className="p-5" />;
	const total = diff.added + diff.removed + diff.changed + diff.moved;
	const looking = diff.looked < 1;
	if (looking && total === 0) return <Skeleton rows={6} className="p-5" />;
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-5 pb-5">
			<p role="status" className="py-2.5 text-xs text-ink-2 tabular-nums">
				{looking ? 'Comparing…' : `${describeDiff(diff)}, ${formatCount(diff.same)} the same`}
			</p>
			{looking ? (
				<p className="pb-2.5 text-xs text-ink-2 tabular-nums">
					{describeDiff(diff)} so far, {formatPercent(diff.looked)} compared
				</p>
			) : null}
			{total === 0 ? (
				<EmptyState icon={GitCompare} title="The same samples">
					Both versions hold the same samples in the same splits.
				</EmptyState>
			) : (
				<ul aria-label="Changed samples" className="border-t border-line">
					{diff.rows.map((row) => (
						<VersionDiffRow
							key={`${row.kind} ${row.key}`}
							row={row}
							fromVersionId={fromVersionId}
							toVersionId={toVersionId}
							open={total <= 5}
						/>
					))}
				</ul>
			)}
			{diff.rows.length < total ? (
				<Button className="mt-3" onClick={more}>
					Show more of {formatCount(total)}
				</Button>
			) : null}
		</div>
	);
}
