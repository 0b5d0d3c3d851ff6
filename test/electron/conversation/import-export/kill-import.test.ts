import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Application } from '../../../../electron/application/application.ts';
import type { Job } from '../../../../electron/contract/jobs/schema.ts';
import { quickCheck } from '../../../../electron/database/connect.ts';
import { writeChatGptExport } from '../../../support/chat-gpt-export.ts';
import { reopen } from '../../../support/kill.ts';
import { startKillable } from '../../../support/killable/start.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Kills an import once `part` of the file has been read; returns the state of its job. */
async function killAt(dataFolder: string, file: string, part: number): Promise<Job['state']> {
	const child = startKillable('conversation-import', dataFolder, file);
	const exit = once(child, 'exit');
	let state: Job['state'] = 'queued';
	child.on('message', ({ job }: { job: Job }) => {
		if (job.kind !== 'import') return;
		state = job.state;
		if (job.endedAt !== null || (job.total !== null && job.done / job.total >= part)) child.kill('SIGKILL');
	});
	await exit;
	return state;
}

async function imported({ client }: Application, file: string): Promise<{ conversations: number; known: number }> {
	const preview = await ended({ client }, (await client.exchange.preview({ paths: [file] })).id);
	const found = await client.exchange.report({ jobId: preview.id });
	if (found.conversations === 0) return found;
	const job = await ended({ client }, (await client.exchange.import({ previewId: preview.id })).id);
	expect(job.failure).toBeNull();
	return client.exchange.report({ jobId: job.id });
}

async function ended({ client }: Pick<Application, 'client'>, jobId: string): Promise<Job> {
	for (;;) {
		const job = await client.jobs.get({ jobId });
		if (job.endedAt !== null) return job;
		await sleep(10);
	}
}

const random = seededRandom(20_261_124);
const parts = [0, ...Array.from({ length: 3 }, () => Math.round(random() * 100) / 100)];

test.each(parts)(
	'an import killed when %f of it has been read leaves nothing, and can be imported whole afterwards',
	async (part) => {
		const dataFolder = temporaryFolder();
		const file = join(temporaryFolder(), 'conversations.json');
		const count = await writeChatGptExport(file, 1_500_000);
		const state = await killAt(dataFolder, file, part);
		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const application = await reopen(dataFolder);
		const { conversations } = await application.client.conversations.list({ limit: 500 });
		expect(conversations).toHaveLength(state === 'done' ? count : 0);
		// The folder of uploads is gone, too.
		expect(existsSync(join(dataFolder, 'exchange'))).toBe(false);
		const { hits } = await application.client.search.find({ text: 'river', limit: 5 });
		expect(hits.length > 0).toBe(state === 'done');
		expect(await imported(application, file)).toMatchObject(
			state === 'done' ? { conversations: 0, known: count } : { conversations: count, known: 0 },
		);
		expect(await imported(application, file)).toMatchObject({ conversations: 0, known: count });
	},
	60_000,
);

test('a cancelled import leaves nothing, and the application keeps working', async () => {
	const dataFolder = temporaryFolder();
	const file = join(temporaryFolder(), 'conversations.json');
	await writeChatGptExport(file, 4_000_000);
	const application = await reopen(dataFolder);
	const { client, events } = application;
	const preview = await ended(application, (await client.exchange.preview({ paths: [file] })).id);
	const job = await client.exchange.import({ previewId: preview.id });
	await new Promise<void>((resolve) => {
		events.subscribe((event) => {
			if (event.type === 'job' && event.job.id === job.id && event.job.done > 1_000_000) resolve();
		});
	});
	const cancelled = await client.jobs.cancel({ jobId: job.id });
	expect(cancelled).toMatchObject({ state: 'cancelled', failure: null });
	expect((await client.conversations.list({ limit: 10 })).conversations).toEqual([]);
	const started = await client.conversations.send({ conversationId: null, text: 'Still there?' });
	expect(started.conversationId).toBeGreaterThan(0);
	await expect
		.poll(() => client.search.find({ text: 'river', limit: 5 }), { timeout: 20_000 })
		.toMatchObject({ hits: [] });
});
