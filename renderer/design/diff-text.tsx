import { t } from '../messages/t.ts';
import type { DiffRun } from './word-diff.ts';

/** Colour of a difference: neutral, unless a score says which side is right. */
export type DiffTone = 'neutral' | 'good' | 'bad';

const tints: Record<DiffTone, string> = { neutral: 'bg-diff', good: 'bg-diff-good', bad: 'bg-diff-bad' };

/** Returns the classes of a word that only one text has. */
export function diffMarkClass(tone: DiffTone = 'neutral'): string {
	return `rounded-xs ${tints[tone]} box-decoration-clone px-px no-underline`;
}

/** One side of a difference, or both in one text: removed text is struck through, added text is marked. */
export function DiffText({
	runs,
	side = 'both',
	tone = 'neutral',
	mono = false,
}: {
	runs: readonly DiffRun[];
	side?: 'before' | 'after' | 'both';
	tone?: DiffTone;
	mono?: boolean;
}) {
	const left = side === 'before' ? 'added' : side === 'after' ? 'removed' : null;
	const shown = runs.filter(({ kind }) => kind !== left);
	const mark = diffMarkClass(tone);
	// Text on one side only is not deleted: the other side just lacks it.
	const gone = side === 'both' ? mark.replace('no-underline', 'line-through decoration-1') : mark;
	return (
		<p className={`foreign whitespace-pre-wrap ${mono ? 'font-mono text-xs' : ''}`} dir="auto">
			{shown.map(({ kind, text }, index) =>
				kind === 'same' ? (
					text
				) : kind === 'added' ? (
					// biome-ignore lint/suspicious/noArrayIndexKey: runs stand in order
					<ins key={index} className={mark}>
						{text}
					</ins>
				) : (
					// biome-ignore lint/suspicious/noArrayIndexKey: runs stand in order
					<del key={index} className={gone}>
						{text}
					</del>
				),
			)}
			{shown.length === 0 ? <span className="text-ink-3">{t('Empty')}</span> : null}
		</p>
	);
}
