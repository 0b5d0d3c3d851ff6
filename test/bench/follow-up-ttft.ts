import { ask } from './client.ts';
import type { Measurement } from './measurement.ts';
import { text } from './prompts.ts';

export const followUpTtft: Measurement = {
	name: 'follow-up-ttft',
	about:
		'time to the first token of a follow-up on 2,000 tokens of history, prefix kept, against the same history cold',
	unit: 'ms',
	target: { of: 'ratio', relation: 'at-most', limit: 1 / 30 },
	async run(context) {
		const { client, modelFileId } = await context.product();
		const values: number[] = [];
		const baselines: number[] = [];
		let history = 0;
		let evaluated = 0;
		const sampling = { maxTokens: 8, seed: 1 };
		for (let round = -1; round < (context.quick ? 1 : 7); round += 1) {
			await context.settle();
			const cold = await ask(client, { conversationId: null, modelFileId, text: text(1960, 100 + round), sampling });
			const warm = await ask(client, { conversationId: cold.conversationId, text: 'And what came next?', sampling });
			const figures = warm.message.generation;
			if (figures === null) throw new Error('the answer has no figures');
			history = figures.cachedTokens;
			evaluated = figures.promptTokens - figures.cachedTokens;
			if (round < 0) continue;
			baselines.push(cold.firstTokenMs);
			values.push(warm.firstTokenMs);
		}
		return { values, baselines, details: { historyTokens: history, newTokens: evaluated } };
	},
};
