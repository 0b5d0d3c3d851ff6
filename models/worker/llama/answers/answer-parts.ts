import { Failure } from '../../../contract/failure.ts';
import type { NativeContext } from '../../../native/context.ts';
import type { BuildPrompt } from '../../../prompt/prompt-builder.ts';
import type { Drafter } from '../drafter.ts';
import type { Slices } from '../prompt-slices.ts';
import type { SavedStates } from '../saved-states.ts';
import type { ThreadTuner } from '../thread-tuner.ts';

/** What answers are made with. */
export interface AnswerParts {
	readonly context: NativeContext;
	/** Tokens of one answer and its prompt; the context itself may have room for some more, because llama.cpp rounds up. */
	readonly contextSize: number;
	readonly buildPrompt: BuildPrompt;
	/** Tokens of plain text. */
	readonly tokenize: (text: string) => readonly number[];
	/** Whether the model ends its answer with this token. */
	readonly ends: (token: number) => boolean;
	readonly detokenize: (tokens: readonly number[], before: readonly number[]) => string;
	readonly slices: Slices;
	/** Guesses what comes next; null where nothing is guessed. */
	readonly drafter: Drafter | null;
	/** States of conversations on disk; null where none are kept. */
	readonly states: SavedStates | null;
	readonly tuner: ThreadTuner;
}

/** What an answer ends with where llama.cpp fails. */
export function decodeFailure(error: unknown): Failure {
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'generation-failed',
			message: `llama.cpp could not go on with this answer: ${words}.`,
			next: ['Send the message again', 'Load the model again'],
		},
		{ cause: error },
	);
}
