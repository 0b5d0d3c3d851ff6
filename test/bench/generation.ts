import { ask, type Client } from './client.ts';
import { type EngineAlone, threadCounts } from './engine-alone.ts';
import type { BenchContext, Measurement, Outcome } from './measurement.ts';
import { longAnswerPrompt, rendered } from './prompts.ts';
import { bestSide, inTurn } from './statistics.ts';

/** Tokens/s at the client, from the first token that arrives to the last. */
export async function productTokensPerSecond(client: Client, modelFileId: number, maxTokens: number): Promise<number> {
	const answer = await ask(client, {
		conversationId: null,
		modelFileId,
		text: longAnswerPrompt,
		sampling: { maxTokens, seed: 1 },
	});
	const tokens = answer.message.generation?.completionTokens ?? 0;
	if (tokens < maxTokens / 2) throw new Error(`the answer ended after ${tokens} of ${maxTokens} tokens`);
	return ((tokens - answer.firstTokens) / (answer.lastTokenMs - answer.firstTokenMs)) * 1000;
}

export async function aloneTokensPerSecond(alone: EngineAlone, threads: number, maxTokens: number): Promise<number> {
	const run = await alone.run({ threads, prompt: rendered(longAnswerPrompt), maxTokens });
	return ((run.completionTokens - 1) / run.generationMs) * 1000;
}

/** The product against the engine alone at each thread count, all in turn; the baseline is the best of the counts. */
export async function againstBestThreads(
	context: BenchContext,
	rounds: number,
	product: (round: number) => Promise<number>,
	alone: (threads: number, round: number) => Promise<number>,
): Promise<Outcome> {
	const counts = threadCounts(context.cores);
	const baselines = Object.fromEntries(
		counts.map((threads) => [`${threads}`, (round: number) => alone(threads, round)]),
	);
	const { product: values, ...fixed } = await inTurn<string>(rounds, { product, ...baselines });
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
		const { client, modelFileId, threads } = await context.product();
		const outcome = await againstBestThreads(
			context,
			context.quick ? 2 : 9,
			() => productTokensPerSecond(client, modelFileId, maxTokens),
			(count) => aloneTokensPerSecond(alone, count, maxTokens),
		);
		return { ...outcome, details: { ...outcome.details, tokens: maxTokens, productThreads: threads } };
	},
};
