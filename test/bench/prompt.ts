import { ask } from './client.ts';
import { againstBestThreads } from './generation.ts';
import type { Measurement } from './measurement.ts';
import { rendered, text } from './prompts.ts';

export const prompt: Measurement = {
	name: 'prompt',
	about: 'prompt tokens per second until the first token at the client, nothing cached, against the engine alone',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.97 },
	async run(context) {
		const tokens = context.quick ? 256 : 1024;
		const alone = await context.alone();
		const { client, modelFileId, threads } = await context.product();
		let salt = 0;
		let promptTokens = 0;
		const outcome = await againstBestThreads(
			context,
			context.quick ? 2 : 7,
			async () => {
				salt += 1;
				const answer = await ask(client, {
					conversationId: null,
					modelFileId,
					text: text(tokens, salt),
					sampling: { maxTokens: 1, seed: 1 },
				});
				const { generation } = answer.message;
				if (generation === null) throw new Error('the answer has no figures');
				promptTokens = generation.promptTokens;
				return ((generation.promptTokens - generation.cachedTokens) / answer.firstTokenMs) * 1000;
			},
			async (count) => {
				salt += 1;
				const run = await alone.run({ threads: count, prompt: rendered(text(tokens, salt)), maxTokens: 1 });
				return (run.promptTokens / run.ttftMs) * 1000;
			},
		);
		return { ...outcome, details: { ...outcome.details, promptTokens, productThreads: threads } };
	},
};
