import type { GenerationEvent } from '../contract/generation.ts';

/** Creates the end of a stopped generation if no engine can report on it. `began` is a performance.now() value. */
export function stoppedResult(began: number, completionTokens = 0): GenerationEvent {
	return {
		type: 'done',
		result: {
			stopReason: 'stopped',
			stopString: null,
			promptTokens: 0,
			cachedTokens: 0,
			completionTokens,
			droppedTurns: 0,
			ttftMs: performance.now() - began,
			promptMs: 0,
			generationMs: 0,
			threads: 0,
			tokenIds: [],
		},
	};
}
