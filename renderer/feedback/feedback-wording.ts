import type { FeedbackEntry, NoticedSignal } from '../../electron/contract/feedback/schema.ts';

/** Reasons offered after a thumb down, and their display text. */
export const reasons: readonly { readonly tag: string; readonly words: string }[] = [
	{ tag: 'wrong-fact', words: 'Wrong fact' },
	{ tag: 'did-not-follow', words: 'Didn’t follow instructions' },
	{ tag: 'too-long', words: 'Too long' },
	{ tag: 'too-short', words: 'Too short' },
	{ tag: 'not-clear', words: 'Unclear' },
	{ tag: 'wrong-language', words: 'Wrong language' },
	{ tag: 'refused', words: 'Refused to answer' },
	{ tag: 'repeats', words: 'Repeats itself' },
];

/** Describes a tag; a user's own tag is shown as is. */
export function describeReason(tag: string): string {
	return reasons.find((reason) => reason.tag === tag)?.words ?? tag;
}

const noticedWords: Record<NoticedSignal['signal'], string> = {
	regenerated: 'Regenerated',
	edited: 'Question edited',
	copied: 'Copied',
	stopped: 'You stopped this answer',
	rephrased: 'Rephrased',
	continued: 'Continued',
	praised: 'You praised it',
	contradicted: 'You contradicted it',
};

export function describeSignal({ signal }: Pick<NoticedSignal, 'signal'>): string {
	return noticedWords[signal];
}

/** Describes one entry of an answer's history. */
export function describeEntry({ kind, rating, tags, correction, signal, source }: FeedbackEntry): string {
	if (kind === 'correction') return correction === null ? 'Correction removed' : 'Corrected';
	if (kind === 'signal')
		return `${signal === null ? '' : noticedWords[signal]}${source === 'suggested' ? ', unconfirmed' : ''}`;
	if (rating === null) return 'Rating cleared';
	const why = tags.length === 0 ? '' : `: ${tags.map(describeReason).join(', ')}`;
	return `Rated ${rating === 'up' ? 'good' : 'bad'}${why}`;
}
