import { ask } from './client.ts';
import type { Measurement } from './measurement.ts';
import type { Product } from './product.ts';
import { inTurn, median } from './statistics.ts';

const subjects = ['a lighthouse', 'a harbour', 'a mountain', 'a river'];

interface Round {
	/** All tokens divided by the time from the first question to the last token, including prompts. */
	readonly tokensPerSecond: number;
	/** Mean over the conversations, counted from the moment when all four questions were ready, ms. */
	readonly firstTokenMs: number;
}

/** Four conversations that want answers from one model at the same moment. */
async function answerAll({ client, modelFileId }: Product, maxTokens: number, atOnce: boolean): Promise<Round> {
	const began = performance.now();
	const one = async (subject: string) => {
		const from = performance.now() - began;
		const { message, firstTokenMs } = await ask(client, {
			conversationId: null,
			modelFileId,
			text: `Tell me a long story about ${subject}.`,
			sampling: { maxTokens, seed: 1 },
		});
		const { completionTokens = 0, width = 1 } = message.generation ?? {};
		return { tokens: completionTokens, width, firstTokenMs: from + firstTokenMs };
	};
	const answers = [];
	if (atOnce) answers.push(...(await Promise.all(subjects.map(one))));
	else for (const subject of subjects) answers.push(await one(subject));
	const seconds = (performance.now() - began) / 1000;
	const width = Math.max(...answers.map((answer) => answer.width));
	if (width !== (atOnce ? subjects.length : 1)) throw new Error(`${width} answers were computed together`);
	return {
		tokensPerSecond: answers.reduce((sum, { tokens }) => sum + tokens, 0) / seconds,
		firstTokenMs: answers.reduce((sum, answer) => sum + answer.firstTokenMs, 0) / answers.length,
	};
}

/**
 * The gain in tokens/s depends on the weights and the processor: llama.cpp's CPU kernels compute four rows of F16 for
 * little more than one (1.8 times the tokens on the starter), but four rows of Q4_1 cost four times the work. So the
 * target is only that nothing is lost; the general gain is in `firstTokenMs`.
 */
export const together: Measurement = {
	name: 'together',
	about: 'tokens per second of four conversations on one model at once, against the same four one after the other',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.9 },
	async run(context) {
		const maxTokens = context.quick ? 48 : 192;
		const product = await context.product();
		const firstTokens = { atOnce: [] as number[], inTurn: [] as number[] };
		const take = (side: 'atOnce' | 'inTurn') => async (): Promise<number> => {
			const round = await answerAll(product, maxTokens, side === 'atOnce');
			firstTokens[side].push(round.firstTokenMs);
			return round.tokensPerSecond;
		};
		const { atOnce, inTurn: oneByOne } = await inTurn<'atOnce' | 'inTurn'>(
			context.quick ? 2 : 7,
			{ inTurn: take('inTurn'), atOnce: take('atOnce') },
			// During the pause the engine tidies what earlier answers left in the context.
			async () => {
				await new Promise((resolve) => setTimeout(resolve, 2000));
				await context.settle();
			},
		);
		return {
			values: atOnce,
			baselines: oneByOne,
			details: {
				conversations: subjects.length,
				tokens: maxTokens,
				firstTokenMs: median(firstTokens.atOnce),
				firstTokenMsInTurn: median(firstTokens.inTurn),
			},
		};
	},
};
