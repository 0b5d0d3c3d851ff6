import { closeSync, copyFileSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
	type Application,
	type ApplicationOptions,
	createApplication,
} from '../../../electron/application/application.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { connectionOf } from '../../../electron/database/database.ts';
import { defaultMigrationsFolder, migrate, readMigrations } from '../../../electron/database/migrations.ts';
import { run } from '../../../electron/database/sql.ts';
import type { InternalEvent } from '../../../electron/events.ts';
import type { GenerateRequest } from '../../../models/contract/generation.ts';
import type { ScriptStep } from '../../../models/worker/engine-script.ts';
import { createScriptedEngine } from '../../../models/worker/scripted-engine.ts';
import { answering } from '../../support/conversation.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function open(dataFolder: string, changes: Partial<ApplicationOptions> = {}): Promise<Application> {
	addEmptyDatabase(dataFolder);
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

/** Asks and waits for the full answer. */
async function ask({ client }: Application, text: string): Promise<number> {
	const { conversationId, generationId } = await client.conversations.send({ conversationId: null, text });
	for await (const _update of await client.generations.subscribe({ id: generationId }));
	return conversationId;
}

/** Failure code of a call; null if it succeeds. */
function codeOf(call: Promise<unknown>): Promise<string | null> {
	return call.then(
		() => null,
		(error: { data?: { code: string } }) => error.data?.code ?? String(error),
	);
}

const titles = async ({ client }: Application) =>
	(await client.conversations.list({})).conversations.map(({ title }) => title);

describe('restoring a backup while the application is running', () => {
	test('restores everything at once, backs up the previous state, and tells every page', async () => {
		const dataFolder = temporaryFolder();
		const application = await open(dataFolder);
		const { client } = application;
		await ask(application, 'Old times');
		await client.settings.set({ theme: 'dark' });
		const backup = await client.backups.create();
		await ask(application, 'New times');
		await client.settings.set({ theme: 'light' });
		const seen: InternalEvent['type'][] = [];
		application.events.subscribe(({ type }) => seen.push(type));

		const { kept, contents } = await client.backups.restore({ path: backup.path });

		expect(contents).toMatchObject({ conversations: 1, messages: 2 });
		expect(await titles(application)).toEqual(['Old times']);
		expect((await client.settings.get()).theme).toBe('dark');
		expect(seen).toContain('data-replaced');
		expect((await client.system.status()).notice?.message).toContain(kept.path);
		// Open connections now use the restored database: new writes go there.
		await ask(application, 'After it');
		expect(await titles(application)).toEqual(['After it', 'Old times']);

		await client.backups.restore({ path: kept.path });
		expect(await titles(application)).toEqual(['New times', 'Old times']);
		expect((await client.settings.get()).theme).toBe('light');
		expect(readdirSync(dataFolder).filter((name) => name.includes('restoring'))).toEqual([]);
		await application.close();

		const again = await open(dataFolder);
		expect(await titles(again)).toEqual(['New times', 'Old times']);
		expect((await again.client.system.doctor()).database.integrity).toBe('ok');
	});

	test('stops an answer in progress and keeps it in the backup of the previous state', async () => {
		const models = scriptedApplicationModels(answering([{ type: 'text', text: 'half an ans' }, { type: 'stall' }]));
		const application = await open(temporaryFolder(), { models });
		const { client } = application;
		const backup = await client.backups.create();
		const { conversationId: id } = await client.conversations.send({ conversationId: null, text: 'go' });
		await sleep(50);
		const { kept } = await client.backups.restore({ path: backup.path });
		expect(await titles(application)).toEqual([]);
		await client.backups.restore({ path: kept.path });
		expect((await client.conversations.get({ id })).messages[1]).toMatchObject({
			status: 'stopped',
			content: 'half an ans',
		});
	});

	test('an answer that was in progress at the time of the backup comes back as interrupted', async () => {
		const models = scriptedApplicationModels(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const application = await open(temporaryFolder(), { models });
		const { client } = application;
		const { conversationId: id } = await client.conversations.send({ conversationId: null, text: 'go' });
		await sleep(350);
		const backup = await client.backups.create();
		await client.backups.restore({ path: backup.path });
		expect((await client.conversations.get({ id })).messages[1]).toMatchObject({ status: 'interrupted' });
	});

	test('a conversation begun afterwards gets no message of one from before, whose ids it takes', async () => {
		const asked: string[][] = [];
		const stalling: ScriptStep[] = [{ type: 'text', text: 'half' }, { type: 'stall' }];
		const scripted = createScriptedEngine(answering('Yes', stalling, 'Yes').script);
		const engine = new Proxy(scripted, {
			get(target, name) {
				if (name !== 'generate') return Reflect.get(target, name) as unknown;
				return (request: GenerateRequest, signal?: AbortSignal) => {
					asked.push(('turns' in request ? request.turns : []).map(({ content }) => content));
					return target.generate(request, signal);
				};
			},
		});
		const application = await open(temporaryFolder(), { models: scriptedApplicationModels({ engine }) });
		const { client } = application;
		const conversationId = await ask(application, 'Kept');
		const { path } = await client.backups.create();
		const head = (await client.conversations.get({ id: conversationId })).messages.at(-1)?.id ?? null;
		await client.conversations.send({ conversationId, text: 'A secret', parentId: head });
		await vi.waitFor(() => expect(asked.at(-1)).toContain('A secret'));
		await client.backups.restore({ path });
		asked.length = 0;
		await ask(application, 'Another matter');
		expect(asked[0]).toEqual(['Another matter']);
	});

	test('migrates an older schema to the current one', async () => {
		const old = join(temporaryFolder(), 'old.db');
		const database = connect(old);
		migrate(database, readMigrations(defaultMigrationsFolder).slice(0, 1), 1);
		run(database, `INSERT INTO conversations (title, created_at, updated_at) VALUES ('From long ago', 1, 1)`);
		closeDatabase(database);
		const application = await open(temporaryFolder());
		await application.client.backups.restore({ path: old });
		expect(await titles(application)).toEqual(['From long ago']);
		const { hits } = await application.client.search.find({ text: 'long ago' });
		expect(hits).toHaveLength(1);
	});

	test('accepts a database that another Assay has open, including its write-ahead log', async () => {
		const theirs = temporaryFolder();
		const other = await open(theirs);
		await ask(other, 'Written just now');
		const application = await open(temporaryFolder());
		await application.client.backups.restore({ path: join(theirs, 'assay.db') });
		expect(await titles(application)).toEqual(['Written just now']);
	});

	test('refuses an invalid file, changes nothing, and leaves nothing behind', async () => {
		const dataFolder = temporaryFolder();
		const application = await open(dataFolder);
		const { client } = application;
		await ask(application, 'Mine');
		const { path: good } = await client.backups.create();
		const folder = temporaryFolder();
		const noDatabase = join(folder, 'no-database.db');
		writeFileSync(noDatabase, 'a letter, not a database');
		const torn = join(folder, 'torn.db');
		copyFileSync(good, torn);
		tear(torn);
		const foreign = join(folder, 'foreign.db');
		const database = connect(foreign);
		connectionOf(database).exec('CREATE TABLE pictures (id INTEGER PRIMARY KEY)');
		closeDatabase(database);
		const newer = join(folder, 'newer.db');
		copyFileSync(good, newer);
		const fromTheFuture = connect(newer);
		connectionOf(fromTheFuture).pragma('user_version = 999');
		closeDatabase(fromTheFuture);
		const codes: (string | null)[] = [];
		for (const path of [join(folder, 'nowhere.db'), noDatabase, torn, foreign, newer]) {
			codes.push(await codeOf(client.backups.restore({ path })));
		}
		expect(codes).toEqual(['backup-missing', 'backup-damaged', 'backup-damaged', 'not-a-backup', 'database-newer']);
		expect(await titles(application)).toEqual(['Mine']);
		expect((await client.backups.list()).backups).toHaveLength(1);
		expect(readdirSync(dataFolder).filter((name) => name.includes('restoring'))).toEqual([]);
	});

	test('other calls during a restore are refused with one sentence, and none is half done', async () => {
		const application = await open(temporaryFolder());
		const { client } = application;
		const { path } = await client.backups.create();
		const restoring = client.backups.restore({ path });
		let refused: string | null = null;
		while (refused === null) {
			await sleep(0);
			refused = await Promise.race([codeOf(client.conversations.list({})), restoring.then(() => 'never refused')]);
		}
		expect(refused).toBe('data-busy');
		await restoring;
		expect(await titles(application)).toEqual([]);
	});
});

test('checking a backup lists its content; a damaged one reports the damage', async () => {
	const application = await open(temporaryFolder());
	const { client } = application;
	await ask(application, 'Hello');
	const { path, sizeBytes } = await client.backups.create();
	expect(await client.backups.verify({ path })).toMatchObject({
		path,
		ok: true,
		fault: null,
		sizeBytes,
		contents: { conversations: 1, messages: 2 },
	});
	tear(path);
	expect(await client.backups.verify({ path })).toMatchObject({ ok: false, contents: null });
});

test('only listed backups can be deleted', async () => {
	const dataFolder = temporaryFolder();
	const { client } = await open(dataFolder);
	const { path, sizeBytes } = await client.backups.create();
	const database = join(dataFolder, 'assay.db');
	for (const other of [database, join(dataFolder, 'backups', '..', 'assay.db')]) {
		expect(await codeOf(client.backups.remove({ path: other }))).toBe('not-a-backup');
	}
	expect(await client.backups.remove({ path })).toEqual({ freedBytes: sizeBytes });
	expect([existsSync(path), existsSync(database)]).toEqual([false, true]);
});

/** Overwrites a page in the middle, so that the file opens and only a full check finds the damage. */
function tear(path: string): void {
	const connection = connectionOf(connect(path));
	const pageSize = connection.pragma('page_size', { simple: true }) as number;
	const pages = connection.pragma('page_count', { simple: true }) as number;
	connection.pragma('journal_mode = DELETE');
	connection.close();
	overwrite(path, pageSize * Math.floor(pages / 2), pageSize);
}

function overwrite(path: string, offset: number, length: number): void {
	const file = openSync(path, 'r+');
	writeSync(file, Buffer.alloc(length, 0xa5), 0, length, offset);
	closeSync(file);
}
