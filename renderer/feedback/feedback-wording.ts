import type { FeedbackEntry, NoticedSignal } from '../../electron/contract/feedback/schema.ts';

/** Reasons offered after a thumb down, and their display text. */
export const reasons: readonly { readonly tag: string; readonly words: string }[] = [
	{ tag: 'wrong-fact', words: 'Wrong fact' },
	{ tag: 'did-not-follow', words: 'Did not follow the instruction' },
	{ tag: 'too-long', words: 'Too long' },
	{ tag: 'too-short', words: 'Too short' },
	{ tag: 'not-clear', words: 'Not clear' },
	{ tag: 'wrong-language', words: 'Wrong language' },
	{ tag: 'refused', words: 'Refused to answer' },
	{ tag: 'repeats', words: 'Repeats itself' },
];

/** Describes a tag; a user's own tag is shown as is. */
export function describeReason(tag: string): string {
	return reasons.find((reason) => reason.tag === tag)?.words ?? tag;
}

const noticedWords: Record<NoticedSignal['signal'], string> = {
	regenerated: 'Answered again',
	edited: 'Question edited',
	copied: 'Copied',
	stopped: 'Stopped',
	rephrased: 'Asked in other words',
	continued: 'Continued',
	praised: 'Praised in words',
	contradicted: 'Contradicted in words',
};

export function describeSignal({ signal }: Pick<NoticedSignal, 'signal'>): string {
	return noticedWords[signal];
}

/** Describes one entry of an answer's history. */
export function describeEntry({ kind, rating, tags, correction, signal, source }: FeedbackEntry): string {
	if (kind === 'correction') return correction === null ? 'Correction taken back' : 'Corrected';
	if (kind === 'signal')
		return `${signal === null ? '' : noticedWords[signal]}${source === 'suggested' ? ', not confirmed' : ''}`;
	if (rating === null) return 'Rating cleared';
	const why = tags.length === 0 ? '' : `: ${tags.map(describeReason).join(', ')}`;
	return `Rated ${rating === 'up' ? 'good' : 'bad'}${why}`;
}
