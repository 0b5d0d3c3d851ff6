import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { AnswerRound } from '../../../electron/contract/conversation/steps.ts';
import { t } from '../../messages/t.ts';
import { type LiveState, writtenOf } from '../answer/live-answer.ts';

/** Longest single announcement, in characters. */
const limit = 260;

/** A screen reader speaks about 20 characters a second: one announcement must end before the next begins; in ms. */
const msPerCharacter = 50;

/** Shortest time between announcements, in ms. */
const pauseMs = 1_500;

/** Decides what a screen reader announces about one answer, and when: never more than it can speak in the meantime. */
export interface Announcer {
	/** Returns the next announcement; null: none. `now` in ms. */
	next(state: LiveState, now: number, rounds?: readonly AnswerRound[]): string | null;
	/** Returns the announcement at the end; `message` is the finished answer. */
	end(message: Message): string;
}

/** `already`: text present when listening starts, which is not announced. */
export function createAnnouncer(already: string): Announcer {
	let announced = toSpokenText(already).length;
	let free = 0;
	let loading: string | null = null;
	const asked = new Set<string>();

	function say(text: string, now: number): string {
		free = now + Math.max(pauseMs, text.length * msPerCharacter);
		return text;
	}

	return {
		next(state, now, rounds = []) {
			// A question comes at once: the answer waits for it.
			const question = rounds
				.flatMap(({ steps }) => steps)
				.find((step) => step.status === 'asking' && !asked.has(step.callId));
			if (question !== undefined) {
				asked.add(question.callId);
				return say(
					t('The model asks to call {name}. Allow or refuse it in the messages.', { name: question.name }),
					now,
				);
			}
			if (now < free) return null;
			if (state.phase === 'loading' && loading !== state.modelName) {
				loading = state.modelName;
				return say(t('Loading {name}', { name: state.modelName }), now);
			}
			const written = writtenOf(state);
			if (written === null) return null;
			const { text, end } = takeSentences(toSpokenText(written.text), announced, limit);
			if (end === announced) return null;
			announced = end;
			return text === '' ? null : say(text, now);
		},
		end(message) {
			const spoken = toSpokenText(message.content);
			const left = countWordsLeft(spoken, announced);
			const rest = spoken.slice(announced).replaceAll(/\s+/g, ' ').trim();
			return [
				left === 0
					? null
					: rest.length <= limit
						? rest
						: t('{left, plural, one {# more word} other {# more words}}.', { left }),
				endWords(message),
			]
				.filter((part) => part !== null)
				.join(' ');
		},
	};
}

function endWords(message: Message): string {
	switch (message.status) {
		case 'failed':
			return t('The answer failed. {message}', { message: message.failure?.message ?? '' }).trim();
		case 'stopped':
			return t('Answer stopped.');
		case 'interrupted':
			return t('Answer interrupted.');
		case 'complete':
		case 'streaming':
			return t('Answer finished.');
	}
}

/** A fenced block, announced by what it is and not character by character. */
const fence = /^[ \t]*(`{3,}|~{3,})([^\n]*)\n([\s\S]*?)^[ \t]*\1[`~]*[ \t]*$/gm;
const openFence = /^[ \t]*(?:`{3,}|~{3,})/m;
const sentenceEnd = /[.!?…]["'”’)*_]*(?=\s)|[。！？]|\n+/g;

/**
 * Converts Markdown to speech. The spoken form of a text's start never changes as the text grows (except for a link cut
 * in two), so positions in it can be remembered.
 */
export function toSpokenText(markdown: string): string {
	const withoutCode = markdown.replaceAll(fence, (_whole, _mark, info: string, code: string) => {
		const language = info.trim().split(/\s+/)[0] || t('text');
		const lines = code.split('\n').length - 1;
		return t('Code, {language}, {lines, plural, one {# line} other {# lines}}.', { language, lines });
	});
	const open = openFence.exec(withoutCode);
	const whole = open === null ? withoutCode : withoutCode.slice(0, open.index);
	return whole
		.replaceAll(/^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$/gm, '')
		.replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
		.replaceAll(/[`*_#>|~]+/g, ' ')
		.replaceAll(/[ \t]+/g, ' ')
		.replaceAll(/ ?\n[\n ]*/g, '\n');
}

/**
 * Takes the next whole sentences of `spoken` after `from`, up to about `limit` characters, and returns where they end.
 * An incomplete sentence waits; one longer than the limit is cut between words.
 */
export function takeSentences(spoken: string, from: number, limit: number): { text: string; end: number } {
	let end = from;
	for (const match of spoken.slice(from).matchAll(sentenceEnd)) {
		const at = from + match.index + match[0].length;
		if (at - from > limit && end > from) break;
		end = at;
		if (at - from > limit) break;
	}
	if (end - from > limit) end = from + Math.max(1, spoken.slice(from, from + limit).lastIndexOf(' ') + 1 || limit);
	return { text: spoken.slice(from, end).replaceAll(/\s+/g, ' ').trim(), end };
}

/** Counts the words left after `from`. */
function countWordsLeft(spoken: string, from: number): number {
	return spoken.slice(from).match(/\S+/g)?.length ?? 0;
}
