import type { LoraAdapter } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { PromptScorer } from '../../native/prompt-scores.ts';
import type { Sampler } from '../../native/sampler.ts';
import { type EngineParts, readAnswer, textMethods } from '../engine-answers.ts';
import { createSemaphore } from '../semaphore.ts';
import type { AdapterSwitch } from './adapter-switch.ts';
import type { AnswerParts } from './answers/answer-parts.ts';
import { createAnswerSchedule } from './answers/answer-schedule.ts';

export type LlamaEngineOptions = AnswerParts &
	EngineParts<Sampler> & {
		readonly adapters: AdapterSwitch;
		/** Creates the scorer of prompts, which decodes by `decode`. */
		readonly createScorer: (decode: (work: () => Promise<void>) => Promise<void>) => PromptScorer;
	};

/** Creates an engine from a loaded model and one context. */
export function createLlamaEngine(options: LlamaEngineOptions): Engine {
	const { context, adapters } = options;
	const schedule = createAnswerSchedule(options);
	const scorer = options.createScorer(schedule.beside);
	const scoring = createSemaphore(1);

	/** Runs `work` while no prompts are scored: the scorer's context may go then. */
	async function scoringAlone<Result>(work: () => Promise<Result>): Promise<Result> {
		const leave = await scoring.enter();
		try {
			return await work();
		} finally {
			leave?.();
		}
	}

	/** The usual adapters of requests from now on, also while answers before them are still computed with others. */
	let usual: readonly LoraAdapter[] | null = null;

	return {
		...textMethods(options),
		// The usual adapters at the time of the request: they may change while the answer waits.
		generate: ({ adapters: wanted = usual ?? adapters.usual, ...request }, signal) =>
			readAnswer(options, { request: { ...request, adapters: [...wanted] }, signal }, schedule.enter, schedule.stopped),
		score: (request) => {
			const wanted = request.adapters ?? usual ?? adapters.usual;
			return scoringAlone(async () => {
				if (await adapters.applyForScoring(wanted)) scorer.clear();
				return await scorer.score(request);
			});
		},
		prepare: ({ turns, tools, ...request }) =>
			schedule.prepare(request, () => options.buildPrompt(turns, undefined, tools).tokens),
		async setAdapters(wanted) {
			usual = wanted;
			try {
				await schedule.between(async (slots) => {
					await slots.save(true);
					await adapters.setUsual(wanted);
					// Cached tokens were computed with the previous adapters. What is being scored keeps its own to the end.
					slots.clear();
				});
			} catch (error) {
				if (usual === wanted) usual = null;
				throw error;
			}
		},
		async stop() {
			await scoringAlone(async () => scorer.clear());
			await schedule.between((slots) => slots.save(true));
			schedule.close();
			context.free();
			context.model.free();
		},
	};
}
