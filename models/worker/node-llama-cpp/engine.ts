import { cannotMeasure } from '../../contract/engine-names.ts';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { Engine } from '../../engine.ts';
import type { Answer } from '../answer.ts';
import { type EngineParts, readAnswer, textMethods } from '../engine-answers.ts';
import { reportWorking } from '../life-signs.ts';
import { createSemaphore } from '../semaphore.ts';
import type { Decoder } from './decoder.ts';
import type { AnswerSampler } from './sampling.ts';

export interface NodeLlamaCppEngineOptions extends EngineParts<AnswerSampler> {
	readonly decoder: Decoder;
	/** Frees the model. */
	readonly free: () => Promise<void>;
}

/** Creates an engine that computes one answer after the other. */
export function createNodeLlamaCppEngine(options: NodeLlamaCppEngineOptions): Engine {
	const { decoder } = options;
	const turn = createSemaphore(1);

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
				if (!answer.ended) await decoder.decode(answer);
			} finally {
				answer.free();
			}
		});
	}

	return {
		...textMethods(options),
		generate: (request, signal) => readAnswer(options, { request, signal }, (answer) => void compute(answer)),
		async score() {
			throw new Failure({
				code: 'scoring-unavailable',
				message: said`Texts can't be scored: ${cannotMeasure}.`,
				next: [
					said`Choose the automatic engine in the load settings of the model`,
					said`See why it is not used: assay doctor`,
				],
			});
		},
		// No states are kept on disk.
		prepare() {},
		setAdapters: (adapters) => alone(() => options.setAdapters(adapters)),
		stop: () => alone(options.free),
	};
}
