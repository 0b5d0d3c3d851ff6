import { expect, test } from 'vitest';
import { serving, user } from './serving.ts';

test('a thousand requests, 64 at once, are all recorded, and nothing of them stays', async () => {
	const { ask, application } = await serving({ script: { parallelAnswers: 4 } });
	const { client } = application;
	let left = 1_000;
	async function work(): Promise<void> {
		while (left > 0) {
			left -= 1;
			const response = await ask('/v1/chat/completions', { messages: user(`n ${left}`), stream: left % 2 === 0 });
			expect(response.status).toBe(200);
			await response.text();
		}
	}
	await Promise.all(Array.from({ length: 64 }, work));
	await expect.poll(async () => (await client.server.requests({ limit: 1 })).total, { timeout: 20_000 }).toBe(1_000);
	expect((await client.server.liveRequests()).requests).toEqual([]);
	expect(await client.server.status()).toMatchObject({ active: 0, answered: 1_000 });
	const metrics = await (await ask('/metrics')).text();
	expect(metrics).toContain('assay_requests_waiting 0');
	const figures = await client.server.requestFigures();
	expect(figures).toMatchObject({ requests: 1_000, failed: 0 });
});
