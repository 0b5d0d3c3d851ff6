import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followRunningWork } from '../../../electron/api/exclusive-access.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import type { Storage } from '../../../electron/contract/activity/schema.ts';
import { createEventBus } from '../../../electron/events.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function open(dataFolder: string): Promise<Application> {
	addEmptyDatabase(dataFolder);
	const models = scriptedApplicationModels();
	const application = await createApplication({ dataFolder, host: 'cli', version: '0.0.0', log: () => {}, models });
	onTestFinished(() => application.close());
	return application;
}

function bytesOf({ parts }: Storage): Record<string, number> {
	return Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes]));
}

function fill(dataFolder: string): void {
	for (const [path, bytes] of [
		['models/weights.gguf', 5_000],
		['models/half.gguf.part', 3_000],
		['logs/assay.log', 700],
		['chromium/Cache/data_1', 400],
		['assay.db.damaged-2026-01-01', 2_000],
		['assay.db.damaged-2026-01-01-wal', 100],
		['window.json', 60],
	] as const) {
		mkdirSync(join(dataFolder, path, '..'), { recursive: true });
		writeFileSync(join(dataFolder, path), Buffer.alloc(bytes));
	}
}

test('disk use is added up by purpose, and links are not followed', async () => {
	const dataFolder = temporaryFolder();
	const elsewhere = temporaryFolder();
	writeFileSync(join(elsewhere, 'huge.gguf'), Buffer.alloc(1_000_000));
	fill(dataFolder);
	symlinkSync(join(elsewhere, 'huge.gguf'), join(dataFolder, 'models', 'linked.gguf'));
	const { client } = await open(dataFolder);
	await client.backups.create();
	const storage = await client.storage.usage();
	const { database, backups, models, ...rest } = bytesOf(storage);
	expect(rest).toEqual({ 'unfinished-downloads': 3_000, 'set-aside': 2_100, logs: 700, 'page-cache': 400, other: 60 });
	expect(models).toBeLessThan(6_000);
	expect([database! > 0, backups! > 0]).toEqual([true, true]);
	expect(storage.totalBytes).toBe(storage.parts.reduce((sum, { bytes }) => sum + bytes, 0));
	// The scripted library has one file elsewhere.
	expect(storage.elsewhere).toEqual({ files: 1, bytes: 1 });
});

test('freeing removes what it promises and nothing else', async () => {
	const dataFolder = temporaryFolder();
	fill(dataFolder);
	const { client } = await open(dataFolder);
	const first = await client.backups.create();
	const newest = await client.backups.create();
	for (const [what, name, bytes] of [
		['unfinished-downloads', 'unfinished-downloads', 3_000],
		['set-aside', 'set-aside', 2_100],
		['logs', 'logs', 700],
		['old-backups', 'backups', first.sizeBytes],
	] as const) {
		const before = (await client.storage.usage()).parts.find((part) => part.name === name);
		expect([name, before?.freeableBytes]).toEqual([name, bytes]);
		expect((await client.storage.free({ what })).freedBytes).toBe(bytes);
	}
	expect((await client.backups.list()).backups).toEqual([newest]);
	expect(readdirSync(join(dataFolder, 'models'))).toEqual(['weights.gguf']);
	expect(existsSync(join(dataFolder, 'window.json'))).toBe(true);
});

test('compacting returns the space of deleted rows to the disk and keeps everything else', async () => {
	const { client } = await open(temporaryFolder());
	const text = 'words and words '.repeat(40_000);
	await client.settings.set({ systemPrompt: text, theme: 'dark' });
	await client.settings.set({ systemPrompt: '' });
	const database = (await client.storage.usage()).parts.find(({ name }) => name === 'database');
	expect(database?.freeableBytes).toBeGreaterThan(400_000);
	const { freedBytes, storage } = await client.storage.free({ what: 'database' });
	expect(freedBytes).toBeGreaterThan(400_000);
	expect(storage.parts.find(({ name }) => name === 'database')?.freeableBytes).toBeLessThan(20_000);
	expect(await client.settings.get()).toMatchObject({ systemPrompt: '', theme: 'dark' });
	expect((await client.system.doctor()).database.integrity).toBe('ok');
});

test('events tell which work is under way', () => {
	const events = createEventBus(() => {});
	const running = followRunningWork(events);
	const download = { id: 'a', state: 'running' } as never;
	events.publish({ type: 'download', download });
	expect(running.downloads()).toBe(true);
	events.publish({ type: 'download', download: { id: 'a', state: 'failed' } as never });
	expect([running.downloads(), running.jobs()]).toEqual([false, false]);
	events.publish({ type: 'job', job: { id: 'b', state: 'queued' } as never });
	expect(running.jobs()).toBe(true);
});
