import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { formatCount } from '../../design/format.ts';
import type { LiveState } from '../answer/live-answer.ts';

/** At most this much is said at once, in characters. */
const limit = 260;

/** A screen reader speaks about 20 characters a second: what was said must have been heard before more is said, ms. */
const msPerCharacter = 50;

/** Announcements are at least this far apart, ms. */
const pauseMs = 1_500;

/** Decides what a screen reader is told of one answer, and when: never more than it can speak meanwhile. */
export interface Announcer {
	/** What to say now; null: nothing. `now` in ms. */
	next(state: LiveState, now: number): string | null;
	/** What to say at the end; `message` as it ended. */
	end(message: Message): string;
}

/** `from`: text that is there already when one begins to listen is not told. */
export function createAnnouncer(already: string): Announcer {
	let told = toSpokenText(already).length;
	let free = 0;
	let loading: string | null = null;

	function say(text: string, now: number): string {
		free = now + Math.max(pauseMs, text.length * msPerCharacter);
		return text;
	}

	return {
		next(state, now) {
			if (now < free) return null;
			if (state.phase === 'loading' && loading !== state.modelName) {
				loading = state.modelName;
				return say(`Loading ${state.modelName}`, now);
			}
			if (state.phase !== 'writing') return null;
			const { text, end } = takeSentences(toSpokenText(state.text), told, limit);
			if (end === told) return null;
			told = end;
			return text === '' ? null : say(text, now);
		},
		end(message) {
			const spoken = toSpokenText(message.content);
			const left = countWordsLeft(spoken, told);
			const rest = spoken.slice(told).replaceAll(/\s+/g, ' ').trim();
			return [left === 0 ? null : rest.length <= limit ? rest : `${formatCount(left)} more words.`, endWords(message)]
				.filter((part) => part !== null)
				.join(' ');
		},
	};
}

function endWords(message: Message): string {
	switch (message.status) {
		case 'failed':
			return `The answer failed. ${message.failure?.message ?? ''}`.trim();
		case 'stopped':
			return 'Answer stopped.';
		case 'interrupted':
			return 'Answer interrupted.';
		case 'complete':
		case 'streaming':
			return 'Answer finished.';
	}
}

/** A fenced block as a screen reader should hear it: what it is, not its every sign. */
const fence = /^[ \t]*(`{3,}|~{3,})([^\n]*)\n([\s\S]*?)^[ \t]*\1[`~]*[ \t]*$/gm;
const openFence = /^[ \t]*(?:`{3,}|~{3,})/m;
const sentenceEnd = /[.!?…]["'”’)*_]*(?=\s)|[。！？]|\n+/g;

/**
 * Markdown as it should be heard. What is said of the start of a text never changes when the text grows (but for a link
 * that is cut in two), so a place in it can be remembered.
 */
export function toSpokenText(markdown: string): string {
	const withoutCode = markdown.replaceAll(fence, (_whole, _mark, info: string, code: string) => {
		const language = info.trim().split(/\s+/)[0] || 'text';
		const lines = code.split('\n').length - 1;
		return `Code, ${language}, ${lines} ${lines === 1 ? 'line' : 'lines'}.`;
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
 * What is said next of `spoken` from `from` on: whole sentences, up to about `limit` characters, and where they end.
 * Half a sentence waits; one that is longer than the limit is cut between words.
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

/** Words left from `from` on. */
function countWordsLeft(spoken: string, from: number): number {
	return spoken.slice(from).match(/\S+/g)?.length ?? 0;
}
