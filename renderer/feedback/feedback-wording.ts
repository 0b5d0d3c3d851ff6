import type { FeedbackEntry, NoticedSignal } from '../../electron/contract/feedback/schema.ts';
import { formatList } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Reasons offered after a thumb down, and their display text. */
export const reasons: readonly { readonly tag: string; readonly words: string }[] = [
	{ tag: 'wrong-fact', words: t('Wrong fact') },
	{ tag: 'did-not-follow', words: t('Didn’t follow instructions') },
	{ tag: 'too-long', words: t('Too long') },
	{ tag: 'too-short', words: t('Too short') },
	{ tag: 'not-clear', words: t('Unclear') },
	{ tag: 'wrong-language', words: t('Wrong language') },
	{ tag: 'refused', words: t('Refused to answer') },
	{ tag: 'repeats', words: t('Repeats itself') },
];

/** Describes a tag; a user's own tag is shown as is. */
export function describeReason(tag: string): string {
	return reasons.find((reason) => reason.tag === tag)?.words ?? tag;
}

const noticedWords: Record<NoticedSignal['signal'], string> = {
	regenerated: t('Regenerated'),
	edited: t('Question edited'),
	copied: t('Copied'),
	stopped: t('You stopped this answer'),
	rephrased: t('Rephrased'),
	continued: t('Continued'),
	praised: t('You praised it'),
	contradicted: t('You contradicted it'),
};

export function describeSignal({ signal }: Pick<NoticedSignal, 'signal'>): string {
	return noticedWords[signal];
}

/** Describes one entry of an answer's history. */
export function describeEntry({ kind, rating, tags, correction, signal, source }: FeedbackEntry): string {
	if (kind === 'correction') return correction === null ? t('Correction removed') : t('Corrected');
	if (kind === 'signal') {
		const words = signal === null ? '' : noticedWords[signal];
		return source === 'suggested' ? t('{signal}, unconfirmed', { signal: words }) : words;
	}
	if (rating === null) return t('Rating cleared');
	const good = rating === 'up';
	if (tags.length === 0) return good ? t('Rated good') : t('Rated bad');
	const why = formatList(tags.map(describeReason));
	return good ? t('Rated good: {reasons}', { reasons: why }) : t('Rated bad: {reasons}', { reasons: why });
}
