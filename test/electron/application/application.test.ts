import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
	type Application,
	type ApplicationOptions,
	createApplication,
} from '../../../electron/application/application.ts';
import { contractVersion } from '../../../electron/contract/system/version.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { connectionOf } from '../../../electron/database/database.ts';
import { run } from '../../../electron/database/sql.ts';
import { describeEnding, isCutOff } from '../../../renderer/conversation/answer/answer-wording.ts';
import { answering } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';
import { startKillable } from '../../support/killable/start.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function open(dataFolder: string, changes: Partial<ApplicationOptions> = {}): Promise<Application> {
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
		...changes,
	});
	onTestFinished(() => application.close());
	return application;
}

describe('an application', () => {
	test('closes twice, and leaves one database file behind', async () => {
		const dataFolder = temporaryFolder();
		const application = await open(dataFolder);
		await application.client.search.find({ text: 'wakes the reader' });
		await Promise.all([application.close(), application.close()]);
		expect(readdirSync(dataFolder)).toEqual(['assay.db']);
	});

	test('closes its other parts and its database although one part fails', async () => {
		const dataFolder = temporaryFolder();
		const lines: string[] = [];
		const application = await open(dataFolder, {
			log: (line) => lines.push(line),
			models(seam) {
				const models = scriptedApplicationModels()(seam);
				return { ...models, library: { ...models.library, close: () => Promise.reject(new Error('no disk')) } };
			},
		});
		await application.close();
		expect(readdirSync(dataFolder)).toEqual(['assay.db']);
		expect(lines).toContainEqual(expect.stringContaining('a part did not close: no disk'));
	});

	test('keeps garbage from taking much more memory than live data', async () => {
		// In a process of its own: what ran before in this one decides how large its heap already is.
		const [{ young }] = (await once(startKillable('garbage', temporaryFolder()), 'message')) as [{ young: number }];
		// V8's own limit is 134 MB, and this loop reaches it.
		expect(young).toBeLessThan(70 * 2 ** 20);
	});

	test('keeps the text of an answer being written when it closes, as cut off and not as stopped by the person', async () => {
		const dataFolder = temporaryFolder();
		const models = scriptedApplicationModels(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const first = await open(dataFolder, { models });
		const { conversationId: id } = await first.client.conversations.send({ conversationId: null, text: 'go' });
		await sleep(50);
		await first.close();
		const second = await open(dataFolder, { models: scriptedApplicationModels(answering(' and on')) });
		const { client } = second;
		const [, answer] = (await client.conversations.get({ id })).messages;
		if (answer === undefined) throw new Error('there is no answer');
		expect(answer).toMatchObject({ status: 'interrupted', content: 'so far' });
		expect([describeEnding(answer), isCutOff(answer)]).toEqual(['interrupted', true]);
		expect(await client.feedback.history({ messageId: answer.id })).toEqual({ entries: [] });
		const [logged] = (await client.activity.list({})).entries.filter(({ kind }) => kind === 'answer');
		expect(logged).toMatchObject({ result: 'stopped', outcome: 'interrupted' });
		const usage = await client.activity.usage({ days: 1, utcOffset: 0 });
		expect(usage.models.map(({ answers, stopped }) => [answers, stopped])).toEqual([[1, 0]]);
		const { generationId } = await client.conversations.continue({ messageId: answer.id });
		for await (const update of await client.generations.subscribe({ id: generationId }))
			if (update.type === 'end') break;
		expect((await client.conversations.get({ id })).messages[1]).toMatchObject({
			status: 'complete',
			content: 'so far and on',
		});
	});

	test('leaves nothing open when it cannot start', async () => {
		const dataFolder = temporaryFolder();
		const failing = open(dataFolder, {
			models: () => {
				throw new Error('no library today');
			},
		});
		await expect(failing).rejects.toThrow('no library today');
		expect(readdirSync(dataFolder)).toEqual(['assay.db']);
		await open(dataFolder);
	});

	test('refuses a database from a newer Assay in one sentence', async () => {
		const dataFolder = temporaryFolder();
		await (await open(dataFolder)).close();
		const database = connect(join(dataFolder, 'assay.db'));
		connectionOf(database).pragma('user_version = 999');
		closeDatabase(database);
		expect((await failureOf(() => open(dataFolder))).code).toBe('database-newer');
	});

	test('lists its backups, and reports in its status that one replaced a damaged database', async () => {
		const dataFolder = temporaryFolder();
		const first = await open(dataFolder);
		await first.client.settings.set({ theme: 'dark' });
		const backup = await first.client.backups.create();
		await first.client.settings.set({ theme: 'light' });
		expect((await first.client.backups.list()).backups).toEqual([backup]);
		await first.close();
		const path = join(dataFolder, 'assay.db');
		writeFileSync(path, readFileSync(path).fill(0, 0, 5_000));
		const second = await open(dataFolder);
		expect((await second.client.settings.get()).theme).toBe('dark');
		const { notice } = await second.client.system.status();
		expect(notice?.message).toMatch(/was damaged.*newest good backup.*was kept as .*damaged-/s);
	});

	test('runs its own health check', async () => {
		const { client } = await open(temporaryFolder());
		const doctor = await client.system.doctor();
		expect(doctor).toMatchObject({
			assay: { version: '0.0.0', contractVersion },
			database: { integrity: 'ok' },
			models: 1,
		});
		expect(doctor.checks.map(({ name }) => name)).toEqual([
			'engine',
			'database',
			'disk',
			'memory',
			'backups',
			'updates',
			'node',
			'data folder',
			'models',
			'default model',
		]);
		expect(doctor.checks.every(({ ok, next }) => ok === (next === null))).toBe(true);
	});

	test.skipIf(process.platform === 'win32')('reports a data folder that other users have access to', async () => {
		const dataFolder = temporaryFolder();
		const { client } = await open(dataFolder);
		const check = async () => (await client.system.doctor()).checks.find(({ name }) => name === 'data folder');
		chmodSync(dataFolder, 0o700);
		expect(await check()).toMatchObject({ ok: true });
		chmodSync(dataFolder, 0o755);
		expect(await check()).toMatchObject({ ok: false, next: expect.stringContaining(`chmod 700 ${dataFolder}`) });
	});
});

test('a large database left open by a dead process is checked while in use, and damage is announced', async () => {
	const dataFolder = temporaryFolder();
	const path = join(dataFolder, 'assay.db');
	await (await open(dataFolder)).close();
	const database = connect(path);
	run(database, `INSERT INTO events (at, kind, subject, outcome) VALUES (:at, 'load', :subject, 'loaded')`, {
		at: Date.now(),
		subject: 'word '.repeat(3_000_000),
	});
	closeDatabase(database);
	const bytes = readFileSync(path);
	// The long text is on pages near the end, which the start does not read.
	bytes.fill(0xa5, bytes.length - 400_000, bytes.length - 100_000);
	expect(bytes.length).toBeGreaterThan(10_000_000);
	writeFileSync(path, bytes);
	writeFileSync(`${path}-wal`, 'a log that holds nothing');

	const logged: string[] = [];
	const second = await open(dataFolder, { log: (line) => logged.push(line) });
	const heard = new Promise<string>((resolve) => {
		second.events.subscribe((event) => {
			if (event.type === 'status') resolve(event.status.notice?.message ?? '');
		});
	});
	expect(await heard).toMatch(/^The database .* is damaged/);
	expect((await second.client.system.status()).notice?.next[0]).toMatch(/^Restart Assay/);
	await second.close();
	const third = await open(dataFolder);
	expect((await third.client.system.status()).notice?.message).toContain('was damaged');
});
