import { useState } from 'react';
import type { Duplicate } from '../../../electron/contract/dataset/check.ts';
import { Badge } from '../../design/badge.tsx';
import { Button } from '../../design/button.tsx';
import { DiffText } from '../../design/diff/diff-text.tsx';
import { diffWords } from '../../design/diff/word-diff.ts';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** Pairs shown before more are asked for. */
const step = 10;

/** Samples that say the same or almost, side by side with what differs. `total`: how many there are in all. */
export function SimilarPairs({ pairs, total }: { pairs: readonly Duplicate[]; total: number }) {
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
					Show more of {formatCount(pairs.length)}
				</Button>
			) : total > pairs.length ? (
				<p className="mt-2 text-xs text-ink-3">
					The first {formatCount(pairs.length)} of {formatCount(total)}.
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
		samples.change({ only: { ids: [first.id, second.id], why: 'These two' } });
	}
	return (
		<li className="overflow-hidden rounded-md border border-line text-xs">
			<div className="flex items-center gap-2 border-b border-line bg-sunken px-2.5 py-1">
				<span className="tabular-nums">{similarity >= 1 ? 'The same' : `${Math.floor(100 * similarity)} % alike`}</span>
				{sameTarget ? null : <Badge tone="warn">Other target</Badge>}
				{onlyNumbers ? <Badge tone="plain">Only numbers differ</Badge> : null}
				<span className="min-w-0 flex-1 truncate text-right text-ink-3">
					{first.split === second.split ? first.split : `${first.split} and ${second.split}`}
				</span>
				<Button size="sm" kind="ghost" onClick={show}>
					Open both
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
