import { Failure } from '../../../contract/failure.ts';
import type { NativeContext } from '../../../native/context.ts';
import type { BuildPrompt } from '../../../prompt/prompt-builder.ts';
import type { ThreadTuner } from '../../thread-tuner.ts';
import type { Drafter } from '../drafter.ts';
import type { Slices } from '../prompt-slices.ts';
import type { SavedStates } from '../saved-states.ts';

/** Dependencies of answers. */
export interface AnswerParts {
	readonly context: NativeContext;
	/**
	 * Tokens of one answer plus its prompt; the context itself may have room for a few more, because llama.cpp rounds
	 * up.
	 */
	readonly contextSize: number;
	readonly buildPrompt: BuildPrompt;
	/** Returns whether this token ends the model's answer. */
	readonly ends: (token: number) => boolean;
	readonly detokenize: (tokens: readonly number[], before: readonly number[]) => string;
	readonly slices: Slices;
	/** Drafts the next tokens; null if drafting is off. */
	readonly drafter: Drafter | null;
	/** Conversation states on disk; null if none are kept. */
	readonly states: SavedStates | null;
	readonly tuner: ThreadTuner;
}

/** Converts an error of llama.cpp to the failure that ends an answer. */
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
