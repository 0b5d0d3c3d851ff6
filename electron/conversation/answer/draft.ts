import { createReasoningSplitter } from '../text/reasoning.ts';

/** The text of an answer while it grows. */
export interface AnswerText {
	/** Adds what the model wrote; returns what that adds to the content and to the reasoning. */
	add(text: string): { readonly content: string; readonly reasoning: string };
	/** The model has ended: lets out what was held back as a possible tag. */
	finish(): { readonly content: string; readonly reasoning: string };
	readonly content: string;
	/** null while there is none. */
	readonly reasoning: string | null;
	/** How long the model has been thinking or did think, ms; null where it didn't. */
	readonly reasoningMs: number | null;
}

/** What an answer begins with that goes on from another one. */
export interface AnswerBeginning {
	/** As the model wrote it, thinking tags included. */
	readonly text: string;
	/** How long that one's model thought, ms. */
	readonly reasoningMs: number | null;
}

/** `now` in ms of any clock that doesn't jump. */
export function createAnswerText(now: () => number, begun?: AnswerBeginning): AnswerText {
	const splitter = createReasoningSplitter();
	let content = '';
	let reasoning = '';
	let thinkingSince: number | null = null;
	let thoughtFor: number | null = null;

	function take(piece: { content: string; reasoning: string }) {
		content += piece.content;
		reasoning += piece.reasoning;
		return piece;
	}

	function elapsed(): number | null {
		return thinkingSince === null ? null : now() - thinkingSince;
	}

	if (begun !== undefined) {
		take(splitter.push(begun.text));
		const thought = begun.reasoningMs ?? 0;
		if (splitter.phase() === 'inside') thinkingSince = now() - thought;
		else thoughtFor = thought;
	}

	return {
		add(text) {
			const piece = take(splitter.push(text));
			const phase = splitter.phase();
			if (phase === 'inside') thinkingSince ??= now();
			else if (phase !== 'start') thoughtFor ??= elapsed();
			return piece;
		},
		finish() {
			thoughtFor ??= elapsed();
			return take(splitter.finish());
		},
		get content() {
			return content;
		},
		get reasoning() {
			return reasoning === '' ? null : reasoning;
		},
		get reasoningMs() {
			return reasoning === '' ? null : (thoughtFor ?? elapsed());
		},
	};
}
