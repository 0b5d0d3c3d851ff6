import type { DiffRun } from './word-diff.ts';

const marks = {
	added: 'rounded-xs bg-diff-b box-decoration-clone px-px no-underline',
	removed: 'rounded-xs bg-diff-a box-decoration-clone px-px line-through decoration-1',
	/** Shown on one side only: the text is not deleted, the other side just lacks it. */
	alone: 'rounded-xs bg-diff-a box-decoration-clone px-px no-underline',
};

/** One side of a difference, or both in one text: removed text is marked and struck through, added text is marked. */
export function DiffText({
	runs,
	side = 'both',
	mono = false,
}: {
	runs: readonly DiffRun[];
	side?: 'before' | 'after' | 'both';
	mono?: boolean;
}) {
	const left = side === 'before' ? 'added' : side === 'after' ? 'removed' : null;
	const shown = runs.filter(({ kind }) => kind !== left);
	return (
		<p className={`foreign whitespace-pre-wrap ${mono ? 'font-mono text-xs' : ''}`} dir="auto">
			{shown.map(({ kind, text }, index) =>
				kind === 'same' ? (
					text
				) : kind === 'added' ? (
					// biome-ignore lint/suspicious/noArrayIndexKey: runs stand in order
					<ins key={index} className={marks.added}>
						{text}
					</ins>
				) : (
					// biome-ignore lint/suspicious/noArrayIndexKey: runs stand in order
					<del key={index} className={side === 'both' ? marks.removed : marks.alone}>
						{text}
					</del>
				),
			)}
			{shown.length === 0 ? <span className="text-ink-3">Empty</span> : null}
		</p>
	);
}
