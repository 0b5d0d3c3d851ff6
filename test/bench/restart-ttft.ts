import { join } from 'node:path';
import { ask } from './client.ts';
import type { Measurement } from './measurement.ts';
import { startProduct } from './product.ts';
import { text } from './prompts.ts';

/** Time to type the rest of a short question before sending it: 19 letters at 80 words a minute. */
const typingMs = 1000;

/**
 * As a user meets it: Assay and the model have just restarted, the user opens the conversation, types a question and
 * sends it. During typing the engine reads back its stored state; the time counts from sending.
 */
export const restartTtft: Measurement = {
	name: 'restart-ttft',
	about:
		'time to the first token of a follow-up on 2,000 tokens of history after the host and the model were started anew, against the same without a restart',
	unit: 'ms',
	target: { of: 'ratio', relation: 'at-most', limit: 1.3 },
	async run(context) {
		const folder = join(context.folder, 'restart');
		const values: number[] = [];
		const baselines: number[] = [];
		let kept = 0;
		const sampling = { maxTokens: 8, seed: 1 };
		const question = 'And what came next?';
		let product = await startProduct(context.modelPath, folder);
		try {
			for (let round = -1; round < (context.quick ? 1 : 7); round += 1) {
				await context.settle();
				const { client, modelFileId } = product;
				const first = await ask(client, {
					conversationId: null,
					modelFileId,
					text: text(1960, 300 + round),
					sampling,
				});
				const warm = await ask(client, { conversationId: first.conversationId, text: question, sampling });
				const second = await ask(client, {
					conversationId: null,
					modelFileId,
					text: text(1960, 500 + round),
					sampling,
				});
				await product.stop();
				product = await startProduct(context.modelPath, folder);
				await context.settle();
				// The page makes this request once a conversation is open and typing has begun; the user keeps typing
				// meanwhile.
				const typed = {
					conversationId: second.conversationId,
					text: question.slice(0, 3),
					modelFileId: product.modelFileId,
				};
				await product.client.conversations.measure({ ...typed, attachmentIds: [] });
				await new Promise((resolve) => setTimeout(resolve, typingMs));
				const restarted = await ask(product.client, {
					conversationId: second.conversationId,
					text: question,
					sampling,
				});
				kept = restarted.message.generation?.cachedTokens ?? 0;
				if (kept < 1900) throw new Error(`only ${kept} tokens were kept over the restart`);
				if (round < 0) continue;
				baselines.push(warm.firstTokenMs);
				values.push(restarted.firstTokenMs);
			}
		} finally {
			await product.stop();
		}
		return { values, baselines, details: { keptTokens: kept } };
	},
};
