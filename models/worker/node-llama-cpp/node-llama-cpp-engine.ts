import { isDeepStrictEqual } from 'node:util';
import { cannotMeasure } from '../../contract/engine-names.ts';
import { Failure } from '../../contract/failure.ts';
import type { LoraAdapter } from '../../contract/load.ts';
import { said } from '../../contract/said.ts';
import type { Engine } from '../../engine.ts';
import { fileMark } from '../../file-mark.ts';
import type { Answer } from '../answer.ts';
import { type EngineParts, readAnswer, textMethods } from '../engine-answers.ts';
import { reportWorking } from '../life-signs.ts';
import { createSemaphore } from '../semaphore.ts';
import type { Decoder } from './decoder.ts';
import type { AnswerSampler } from './sampling.ts';

export interface NodeLlamaCppEngineOptions extends EngineParts<AnswerSampler> {
	readonly decoder: Decoder;
	/** Puts adapters on the weights. Throws Failure `adapter-unsuitable`, and keeps the previous ones then. */
	readonly setAdapters: (adapters: readonly LoraAdapter[]) => Promise<void>;
	/** Those that the model was loaded with. */
	readonly adapters: readonly LoraAdapter[];
	/** Frees the model. */
	readonly free: () => Promise<void>;
}

/** Adapters as their files are now: another file may have the path later. */
const marked = (adapters: readonly LoraAdapter[]) => adapters.map(({ path, scale }) => [fileMark(path), scale]);

/** Creates an engine that computes one answer after the other. */
export function createNodeLlamaCppEngine(options: NodeLlamaCppEngineOptions): Engine {
	const { decoder } = options;
	const turn = createSemaphore(1);
	/** Of requests that ask for none in particular. */
	let usual = options.adapters;
	let active = marked(usual);

	async function apply(wanted: readonly LoraAdapter[]): Promise<void> {
		const marks = marked(wanted);
		if (isDeepStrictEqual(marks, active)) return;
		await options.setAdapters(wanted);
		active = marks;
	}

	/** Runs `work` alone; what comes later waits. */
	async function alone(work: () => Promise<void>): Promise<void> {
		const leave = await turn.enter();
		try {
			await reportWorking(work);
		} finally {
			leave?.();
		}
	}

	async function compute(answer: Answer<AnswerSampler>): Promise<void> {
		if (turn.isFull()) answer.wait();
		await alone(async () => {
			try {
				// It may have been stopped while it waited.
				if (answer.ended) return;
				await apply(answer.request.adapters ?? []);
				await decoder.decode(answer);
			} catch (error) {
				answer.fail(error);
			} finally {
				answer.free();
			}
		});
	}

	return {
		...textMethods(options),
		// The usual adapters at the time of the request: they may change while the answer waits.
		generate: ({ adapters = usual, ...request }, signal) =>
			readAnswer(
				options,
				{ request: { ...request, adapters: [...adapters] }, signal },
				(answer) => void compute(answer),
			),
		async score() {
			throw new Failure({
				code: 'scoring-unavailable',
				message: said`Texts can’t be scored: ${cannotMeasure}.`,
				next: [
					said`Choose the automatic engine in the load settings of the model`,
					said`See why it is not used: assay doctor`,
				],
			});
		},
		// No states are kept on disk.
		prepare() {},
		async setAdapters(wanted) {
			const before = usual;
			usual = wanted;
			try {
				await alone(() => apply(wanted));
			} catch (error) {
				if (usual === wanted) usual = before;
				throw error;
			}
		},
		stop: () => alone(options.free),
	};
}
