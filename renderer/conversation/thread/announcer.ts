import type { Message } from '../../../electron/contract/conversation.ts';
import { formatCount } from '../../design/format.ts';
import type { LiveState } from '../live-answer.ts';
import { countWordsLeft, takeSentences, toSpokenText } from './spoken.ts';

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
