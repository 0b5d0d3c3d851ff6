import { failureFacts } from '../../contract/failure.ts';
import type { MeasureRequest, TurnsMeasure } from '../../contract/generation.ts';
import type { Capabilities, LoraAdapter } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { Vocabulary } from '../../prompt/vocabulary.ts';
import { stoppedResult } from '../../runtime/stopped-result.ts';
import { createQueue } from '../one-at-a-time.ts';
import { working } from '../working.ts';
import { type LlamaEngineParts, type NativeWork, writeAnswer } from './answer.ts';

export interface LlamaEngineOptions extends LlamaEngineParts {
	readonly vocabulary: Vocabulary;
	readonly capabilities: () => Capabilities;
	readonly measure: (request: MeasureRequest) => TurnsMeasure;
	readonly setAdapters: (adapters: readonly LoraAdapter[]) => Promise<void>;
}

/** A conversation that rests this long is kept on disk, ms. */
const restMs = 1500;

/** The engine interface on a loaded model and one sequence of its context. */
export function createLlamaEngine(options: LlamaEngineOptions): Engine {
	const { vocabulary, sequence, states } = options;
	const queue = createQueue();
	/** Whose tokens the sequence holds, where they may be kept on disk. */
	let keyToKeep: string | null = null;
	let rest: NodeJS.Timeout | undefined;

	const alone = async <T>(work: () => Promise<T>): Promise<T> => {
		const leave = await queue.enter();
		try {
			return await working(work);
		} finally {
			leave?.();
		}
	};

	const keep = async (atEnd: boolean): Promise<void> => {
		if (keyToKeep !== null) await states?.save(keyToKeep, atEnd);
	};
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
			clearTimeout(rest);
			keyToKeep = request.keepState === true ? request.cacheKey : null;
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
				if (states !== null && keyToKeep !== null)
					rest = setTimeout(() => void alone(() => keep(false)), restMs).unref();
			}
		},
		async setAdapters(adapters) {
			await alone(async () => {
				await keep(true);
				await options.setAdapters(adapters);
				// Its state was computed with the adapters before.
				sequence.cut(0);
				keyToKeep = null;
			});
		},
		async stop() {
			clearTimeout(rest);
			await alone(() => keep(true));
			const { context } = sequence;
			context.free();
			context.model.free();
		},
	};
}
