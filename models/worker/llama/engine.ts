import { failureFacts } from '../../contract/failure.ts';
import type { MeasureRequest, TurnsMeasure } from '../../contract/generation.ts';
import type { Capabilities } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';
import { stoppedResult } from '../../runtime/stopped-result.ts';
import { createQueue } from '../one-at-a-time.ts';
import { type LlamaEngineParts, type NativeWork, writeAnswer } from './answer.ts';

export interface LlamaEngineOptions extends LlamaEngineParts {
	readonly vocabulary: Vocabulary;
	readonly capabilities: () => Capabilities;
	readonly measure: (request: MeasureRequest) => TurnsMeasure;
}

/** The engine interface on a loaded model and one sequence of its context. */
export function createLlamaEngine(options: LlamaEngineOptions): Engine {
	const { vocabulary, sequence } = options;
	const queue = createQueue();
	return {
		capabilities: options.capabilities,
		tokenize: async (text) => [...vocabulary.tokenize(text, false)],
		async render(turns) {
			const { tokens, droppedTurns } = options.buildPrompt(turns);
			return { tokens: [...tokens], text: vocabulary.detokenize(tokens), droppedTurns };
		},
		measure: async (request) => options.measure(request),
		async *generate(request, signal) {
			const began = performance.now();
			const leave = await queue.enter(signal);
			if (leave === null) {
				yield stoppedResult(began);
				return;
			}
			const native: NativeWork = { running: Promise.resolve() };
			try {
				yield* writeAnswer(options, request, signal, began, native);
			} catch (error) {
				yield { type: 'failed', failure: failureFacts(error) };
				// What the sequence holds after a failed decode is unknown.
				native.running = native.running.catch(() => {}).then(() => void sequence.cut(0));
			} finally {
				await native.running.catch(() => {});
				leave();
			}
		},
		async stop() {
			const { context } = sequence;
			context.free();
			context.model.free();
		},
	};
}
