import { ask } from './client.ts';
import type { Measurement } from './measurement.ts';
import type { Product } from './product.ts';
import { inTurn } from './statistics.ts';

const subjects = ['a lighthouse', 'a harbour', 'a mountain', 'a river'];

/** Tokens/s of four conversations on one model from the first question to the last token, all prompts included. */
async function tokensPerSecond({ client, modelFileId }: Product, maxTokens: number, atOnce: boolean): Promise<number> {
	const one = async (subject: string): Promise<{ tokens: number; width: number }> => {
		const { message } = await ask(client, {
			conversationId: null,
			modelFileId,
			text: `Tell me a long story about ${subject}.`,
			sampling: { maxTokens, seed: 1 },
		});
		return { tokens: message.generation?.completionTokens ?? 0, width: message.generation?.width ?? 1 };
	};
	const began = performance.now();
	const answers = [];
	if (atOnce) answers.push(...(await Promise.all(subjects.map(one))));
	else for (const subject of subjects) answers.push(await one(subject));
	const seconds = (performance.now() - began) / 1000;
	const width = Math.max(...answers.map((answer) => answer.width));
	if (width !== (atOnce ? subjects.length : 1)) throw new Error(`${width} answers were computed together`);
	return answers.reduce((sum, { tokens }) => sum + tokens, 0) / seconds;
}

export const together: Measurement = {
	name: 'together',
	about: 'tokens per second of four conversations on one model at once, against the same four one after the other',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 1.3 },
	async run(context) {
		const maxTokens = context.quick ? 48 : 192;
		const product = await context.product();
		for (const atOnce of [true, false]) await tokensPerSecond(product, 16, atOnce);
		const { atOnce, inTurn: oneByOne } = await inTurn<string>(
			context.quick ? 2 : 7,
			{
				atOnce: () => tokensPerSecond(product, maxTokens, true),
				inTurn: () => tokensPerSecond(product, maxTokens, false),
			},
			// What the answers before left in the context is put in order when it has rested.
			async () => {
				await new Promise((resolve) => setTimeout(resolve, 2000));
				await context.settle();
			},
		);
		return { values: atOnce!, baselines: oneByOne!, details: { conversations: subjects.length, tokens: maxTokens } };
	},
};
