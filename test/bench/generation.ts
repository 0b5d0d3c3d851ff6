import { ask } from './client.ts';
import { type EngineAlone, threadCounts } from './engine-alone.ts';
import type { BenchContext, Measurement, Outcome } from './measurement.ts';
import type { Product } from './product.ts';
import { longAnswerPrompt, rendered } from './prompts.ts';
import { bestSide, inTurn, median } from './statistics.ts';

/** Tokens/s from the first token to the last: at the client as text arrives, and as counted by the worker. */
export async function productTokensPerSecond(
	{ client, modelFileId }: Product,
	maxTokens: number,
): Promise<{ atClient: number; inWorker: number }> {
	const answer = await ask(client, {
		conversationId: null,
		modelFileId,
		text: longAnswerPrompt(),
		sampling: { maxTokens, seed: 1 },
	});
	const { completionTokens: tokens, generationMs } = answer.message.generation!;
	if (tokens < maxTokens / 2) throw new Error(`the answer ended after ${tokens} of ${maxTokens} tokens`);
	return {
		atClient: ((tokens - answer.firstTokens) / (answer.lastTokenMs - answer.firstTokenMs)) * 1000,
		inWorker: ((tokens - 1) / generationMs) * 1000,
	};
}

export async function aloneTokensPerSecond(alone: EngineAlone, threads: number, maxTokens: number): Promise<number> {
	const run = await alone.run({ threads, prompt: rendered(longAnswerPrompt()), maxTokens });
	return ((run.completionTokens - 1) / run.generationMs) * 1000;
}

/** Measures the product and the engine alone at each thread count, in turn; the baseline is the best of the counts. */
export async function againstBestThreads(
	context: BenchContext,
	rounds: number,
	product: (round: number) => Promise<number>,
	alone: (threads: number, round: number) => Promise<number>,
	ownCores = 0,
): Promise<Outcome> {
	const counts = threadCounts(context.cores);
	const baselines = Object.fromEntries(
		counts.map((threads) => [`${threads}`, (round: number) => alone(threads, round)]),
	);
	const { product: values, ...fixed } = await inTurn<string>(rounds, { product, ...baselines }, () =>
		context.settle(ownCores),
	);
	const best = bestSide(fixed);
	return { values: values!, baselines: fixed[best]!, details: { bestThreads: Number(best) } };
}

export const generation: Measurement = {
	name: 'generation',
	about: 'tokens generated per second at a WebSocket client of the browser host, against the engine alone',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.97 },
	async run(context) {
		const maxTokens = context.quick ? 64 : 256;
		const alone = await context.alone();
		const product = await context.product();
		// The first answers of a host compile its code paths.
		for (let answer = 0; answer < 3; answer += 1) await productTokensPerSecond(product, maxTokens);
		const inWorker: number[] = [];
		const outcome = await againstBestThreads(
			context,
			context.quick ? 2 : 9,
			async () => {
				const run = await productTokensPerSecond(product, maxTokens);
				inWorker.push(run.inWorker);
				return run.atClient;
			},
			(count) => aloneTokensPerSecond(alone, count, maxTokens),
		);
		const details = { tokens: maxTokens, inWorker: median(inWorker), productThreads: product.threads };
		return { ...outcome, details: { ...outcome.details, ...details } };
	},
};
