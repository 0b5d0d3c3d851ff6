import { ask } from './client.ts';
import { productTokensPerSecond } from './generation.ts';
import type { Measurement } from './measurement.ts';
import type { Product } from './product.ts';
import { text } from './prompts.ts';
import { inTurn } from './statistics.ts';

export const engineGeneration: Measurement = {
	name: 'engine-generation',
	about: "tokens generated per second with llama.cpp's C API, against the same product with node-llama-cpp",
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1 },
	async run(context) {
		const maxTokens = context.quick ? 64 : 256;
		const native = await context.product();
		const other = await context.otherProduct();
		// The first answers of a host compile its code paths.
		for (const each of [native, other, native, other]) await productTokensPerSecond(each, maxTokens);
		const speed = async (product: Product): Promise<number> =>
			(await productTokensPerSecond(product, maxTokens)).atClient;
		const outcome = await inTurn(
			context.quick ? 2 : 9,
			{ values: () => speed(native), baselines: () => speed(other) },
			() => context.settle(),
		);
		const details = { tokens: maxTokens, threads: native.threads, nodeLlamaCppThreads: other.threads };
		return { ...outcome, details };
	},
};

export const enginePrompt: Measurement = {
	name: 'engine-prompt',
	about:
		"prompt tokens per second until the first token, nothing cached, with llama.cpp's C API, against node-llama-cpp",
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1 },
	async run(context) {
		const tokens = context.quick ? 256 : 1024;
		const native = await context.product();
		const other = await context.otherProduct();
		let salt = 0;
		let promptTokens = 0;
		async function speed({ client, modelFileId }: Product): Promise<number> {
			salt += 1;
			const sampling = { maxTokens: 1, seed: 1 };
			const answer = await ask(client, { conversationId: null, modelFileId, text: text(tokens, salt), sampling });
			const { generation } = answer.message;
			if (generation === null) throw new Error('the answer has no figures');
			promptTokens = generation.promptTokens;
			return ((generation.promptTokens - generation.cachedTokens) / answer.firstTokenMs) * 1000;
		}
		for (const each of [native, other]) await speed(each);
		const outcome = await inTurn(
			context.quick ? 2 : 7,
			{ values: () => speed(native), baselines: () => speed(other) },
			() => context.settle(),
		);
		await context.release();
		const details = { promptTokens, threads: native.threads, nodeLlamaCppThreads: other.threads };
		return { ...outcome, details };
	},
};
