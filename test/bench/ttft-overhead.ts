import { ask } from './client.ts';
import type { Measurement } from './measurement.ts';
import { median } from './statistics.ts';

export const ttftOverhead: Measurement = {
	name: 'ttft-overhead',
	about: 'time to the first token at the client less the time it took inside the worker, 95th percentile',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 10 },
	async run(context) {
		const { client, modelFileId } = await context.product();
		const values: number[] = [];
		const inWorker: number[] = [];
		// The first answers of a process compile its code paths; a user notices that only once.
		const warmUp = 5;
		for (let round = -warmUp; round < (context.quick ? 10 : 100); round += 1) {
			if (round === 0) await context.settle();
			const { message, firstTokenMs } = await ask(client, {
				conversationId: null,
				modelFileId,
				text: `${round}: say a word.`,
				sampling: { maxTokens: 8, seed: 1 },
			});
			const ttftMs = message.generation?.ttftMs;
			if (ttftMs === undefined) throw new Error('the answer has no figures');
			if (round < 0) continue;
			values.push(firstTokenMs - ttftMs);
			inWorker.push(ttftMs);
		}
		return {
			values,
			baselines: [],
			summary: 'p95',
			details: { medianMs: median(values), medianInWorkerMs: median(inWorker) },
		};
	},
};
