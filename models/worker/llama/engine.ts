import type { Engine } from '../../engine.ts';
import type { Sampler } from '../../native/sampler.ts';
import { type EngineParts, readAnswer, textMethods } from '../engine-answers.ts';
import type { AnswerParts } from './answers/answer-parts.ts';
import { createAnswerSchedule } from './answers/answer-schedule.ts';

export type LlamaEngineOptions = AnswerParts & EngineParts<Sampler>;

/** Creates an engine from a loaded model and one context. */
export function createLlamaEngine(options: LlamaEngineOptions): Engine {
	const { context } = options;
	const schedule = createAnswerSchedule(options);
	return {
		...textMethods(options),
		generate: (request, signal) => readAnswer(options, { request, signal }, schedule.enter, schedule.stopped),
		prepare: ({ turns, cacheKey }) => schedule.prepare(cacheKey, () => options.buildPrompt(turns).tokens),
		setAdapters: (adapters) =>
			schedule.between(async (slots) => {
				await slots.save(true);
				await options.setAdapters(adapters);
				// Cached tokens were computed with the previous adapters.
				slots.clear();
			}),
		async stop() {
			await schedule.between((slots) => slots.save(true));
			schedule.close();
			context.free();
			context.model.free();
		},
	};
}
