import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { setDraft } from '../../../../electron/conversation/drafts.ts';
import {
	createStaging,
	type StagedFile,
	type Staging,
} from '../../../../electron/conversation/import-export/staging.ts';
import { tagConversations } from '../../../../electron/conversation/organise/tags.ts';
import { trashConversations } from '../../../../electron/conversation/organise/trash.ts';
import {
	backupCutoff,
	backupRetentionMs,
	startTrashRetention,
	type TrashBackups,
} from '../../../../electron/conversation/organise/trash-retention.ts';
import { getConversation } from '../../../../electron/conversation/store/conversations.ts';
import { all, get, run, transaction } from '../../../../electron/database/sql.ts';
import { type ConversationForTest, conversationForTest, converse } from '../../../support/conversation.ts';
import { openReader } from '../../../support/database.ts';
import { failureOf } from '../../../support/failure.ts';
import { watchLateness } from '../../../support/lateness.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const noBackups: TrashBackups = { list: () => [], replaceAll: () => Promise.resolve(0) };

function statesOf({ path }: ConversationForTest): string {
	return join(dirname(path), 'states');
}

function stagingOf({ path, clock }: ConversationForTest): Staging {
	return createStaging(join(dirname(path), 'exchange'), clock);
}

function keeperOf(
	context: ConversationForTest,
	changes: Partial<ConversationForTest> = {},
	backups = noBackups,
	staging = stagingOf(context),
) {
	const reader = openReader(context.path);
	return startTrashRetention({ ...context, ...changes }, { reader, backups, statesFolder: statesOf(context), staging });
}

/** Words that occur nowhere else and have different beginnings. */
function secrets(label: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) =>
		createHash('sha256')
			.update(`${label} ${index}`)
			.digest('hex')
			.replaceAll(/\d/g, (digit) => 'ghijklmnop'[+digit] ?? ''),
	);
}

/** Returns the words found in the database or its log. An index omits the prefix that two neighbours share. */
function foundIn(path: string, words: readonly string[]): string[] {
	const files = [path, `${path}-wal`].map((file) =>
		statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file).toString('latin1'),
	);
	return words.filter((word) => files.some((text) => text.includes(word.slice(8))));
}

function addMessages(context: ConversationForTest, conversationId: number, texts: readonly string[]): void {
	transaction(context.database, () => {
		let parent = get<{ head: number }>(
			context.database,
			'SELECT head_message_id AS head FROM conversations WHERE id = :conversationId',
			{ conversationId },
		)?.head;
		for (const [index, text] of texts.entries()) {
			parent = run(
				context.database,
				`INSERT INTO messages (conversation_id, parent_id, role, status, content, created_at)
				 VALUES (:conversationId, :parent, :role, 'complete', :text, 1)`,
				{ conversationId, parent: parent ?? null, role: index % 2 === 0 ? 'user' : 'assistant', text },
			).id;
		}
	});
}

describe('emptying the trash', () => {
	test('the text disappears from tables, indexes and log, and everything else stays', async () => {
		const context = conversationForTest();
		const kept = secrets('keep', 200);
		const gone = secrets('gone', 300);
		const stays = await converse(context, kept[0] ?? '');
		const goes: number[] = [];
		for (const word of gone.slice(0, 20)) goes.push((await converse(context, `${word} is a word`)).conversationId);
		// Interleaved with conversations that stay, so that both share pages.
		for (let at = 0; at < 180; at += 9) {
			addMessages(
				context,
				goes[at / 9] ?? 0,
				gone.slice(20 + at, 29 + at).map((word) => `${word} and ${'more text '.repeat(at)}`),
			);
			addMessages(context, stays.conversationId, kept.slice(1 + at, 10 + at));
		}
		const [first = 0] = goes;
		setDraft(context, first, gone[250] ?? '');
		run(
			context.database,
			`INSERT INTO attachments (conversation_id, position, name, media_type, size_bytes, characters, text, created_at)
			 VALUES (:first, 0, :name, 'text/plain', 1, 1, :text, 1)`,
			{ first, name: `${gone[251]}.txt`, text: `${gone[252]} `.repeat(1_000) },
		);
		run(
			context.database,
			`INSERT INTO feedback (message_id, kind, correction, source, created_at)
			 SELECT min(id), 'correction', :correction, 'person', 1 FROM messages WHERE conversation_id = :first`,
			{ first, correction: gone[253] ?? '' },
		);
		tagConversations(context, [first], { add: [gone[254] ?? ''], remove: [] });
		expect(foundIn(context.path, gone)).toHaveLength(205);

		await trashConversations(context, goes);
		expect(foundIn(context.path, gone)).toHaveLength(205);
		const keeper = keeperOf(context);
		expect(await keeper.preview()).toMatchObject({ conversations: 20, messages: 220 });
		expect(await keeper.empty(null, { backups: false })).toEqual({
			conversations: 20,
			messages: 220,
			backupsRemoved: 0,
		});
		await keeper.stop();
		expect(foundIn(context.path, gone)).toEqual([]);
		expect(foundIn(context.path, kept).length).toBeGreaterThan(180);
		expect(all(context.database, 'SELECT id FROM conversations')).toEqual([{ id: stays.conversationId }]);
		expect(get(context.database, 'SELECT count(*) AS n FROM messages')).toEqual({ n: 182 });
		for (const table of ['attachments', 'drafts', 'feedback', 'tags', 'conversation_tags']) {
			expect([table, get(context.database, `SELECT count(*) AS n FROM ${table}`)]).toEqual([table, { n: 0 }]);
		}
		run(context.database, `INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')`);
	});

	test('only the requested conversations are deleted, and they disappear at once', async () => {
		const context = conversationForTest();
		const a = await converse(context, 'one');
		const b = await converse(context, 'two');
		await trashConversations(context, [a.conversationId, b.conversationId]);
		const keeper = keeperOf(context);
		const emptying = keeper.empty([a.conversationId], { backups: false });
		await emptying;
		expect((await failureOf(() => getConversation(context.database, a.conversationId))).code).toBe(
			'conversation-unknown',
		);
		expect(keeper.list({ limit: 10 })).toMatchObject([{ id: b.conversationId, messages: 2 }]);
		await keeper.stop();
	});

	test('expired trash is deleted automatically after the chosen number of days', async () => {
		const context = conversationForTest();
		const old = await converse(context, 'deleted a month ago');
		const fresh = await converse(context, 'deleted just now');
		await trashConversations(context, [old.conversationId, fresh.conversationId]);
		const now = context.clock();
		run(context.database, 'UPDATE conversations SET deleted_at = :at WHERE id = :id', {
			id: old.conversationId,
			at: now - 31 * 86_400_000,
		});
		vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
		const keeper = keeperOf(context);
		vi.advanceTimersByTime(3_600_000);
		vi.useRealTimers();
		await expect
			.poll(() => all(context.database, 'SELECT id FROM conversations'))
			.toEqual([{ id: fresh.conversationId }]);
		await keeper.stop();
		expect(keeper.list({ limit: 9 })[0]?.goneAt).toBeGreaterThan(now + 29 * 86_400_000);
	});

	test('nothing is deleted automatically if the user chose never', async () => {
		const context = conversationForTest({ settings: { trashDays: null } });
		const { conversationId } = await converse(context, 'deleted years ago');
		await trashConversations(context, [conversationId]);
		run(context.database, 'UPDATE conversations SET deleted_at = 1 WHERE id = :conversationId', { conversationId });
		vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
		const keeper = keeperOf(context);
		vi.advanceTimersByTime(3_600_000);
		vi.useRealTimers();
		await keeper.stop();
		expect(keeper.list({ limit: 9 })).toMatchObject([{ id: conversationId, goneAt: null }]);
	});

	test('older backups are removed once their time has come', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		await trashConversations(context, [conversationId]);
		const keeper = keeperOf(context);
		await keeper.empty(null, { backups: false });
		await keeper.stop();
		const emptiedAt = context.clock();
		expect(backupCutoff(context.database, emptiedAt)).toBeNull();
		expect(backupCutoff(context.database, emptiedAt + backupRetentionMs - 1_000)).toBeNull();
		const before = backupCutoff(context.database, emptiedAt + backupRetentionMs);
		expect(emptiedAt - (before ?? 0)).toBeLessThan(1_000);
	});

	test('conversations outside the trash stay', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		const keeper = keeperOf(context);
		expect(await keeper.empty([conversationId], { backups: false })).toMatchObject({ conversations: 0 });
		expect(getConversation(context.database, conversationId).deletedAt).toBeNull();
		await keeper.stop();
	});

	test('an interrupted deletion continues when the data folder is opened again, and the rest stays hidden', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'unfinished business');
		run(context.database, 'UPDATE conversations SET deleted_at = 0 WHERE id = :conversationId', { conversationId });
		expect((await failureOf(() => getConversation(context.database, conversationId))).code).toBe(
			'conversation-unknown',
		);
		const keeper = keeperOf(context);
		expect(keeper.list({ limit: 10 })).toEqual([]);
		await expect.poll(() => get(context.database, 'SELECT count(*) AS n FROM messages')).toEqual({ n: 0 });
		await keeper.stop();
	});

	test('the process is never blocked for longer than a frame', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'long');
		addMessages(
			context,
			conversationId,
			Array.from({ length: 3_000 }, (_, index) => `message ${index} of many words`),
		);
		await trashConversations(context, [conversationId]);
		const keeper = keeperOf(context);
		const within = watchLateness();
		let last = performance.now();
		let longest = 0;
		const timer = setInterval(() => {
			const now = performance.now();
			longest = Math.max(longest, now - last);
			last = now;
		}, 1);
		await keeper.empty(null, { backups: false });
		clearInterval(timer);
		await keeper.stop();
		// 7 ms of deletion and a commit on an idle machine; in one piece it would be 1.5 s and more.
		expect(longest).toBeLessThan(within(250));
	});

	test('the preview covers backups, and they are replaced on request', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		await trashConversations(context, [conversationId]);
		let replaced = 0;
		const keeper = keeperOf(
			context,
			{},
			{
				list: () => [{ createdAt: 1 }, { createdAt: 2 }],
				replaceAll: () => {
					replaced += 1;
					return Promise.resolve(2);
				},
			},
		);
		expect(await keeper.preview()).toMatchObject({ backups: 2, conversations: 1, messages: 2 });
		expect(await keeper.empty(null, { backups: true })).toMatchObject({ conversations: 1, backupsRemoved: 2 });
		expect(replaced).toBe(1);
		await keeper.stop();
	});
});

describe('exports and what is deleted for good', () => {
	function exported(staging: Staging, id: string): StagedFile {
		const folder = staging.exportFolder(id);
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'export.json'), 'secret');
		return { path: join(folder, 'export.json'), fileName: 'export.json', sizeBytes: 6 };
	}

	test('an export that nobody collected is gone once the trash is emptied, unless it is being written', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'secret');
		const staging = stagingOf(context);
		const [finished, running] = [exported(staging, 'one'), exported(staging, 'two')];
		const keeper = keeperOf(context, {}, noBackups, staging);
		await trashConversations(context, [conversationId]);
		await staging.hold('two', () => keeper.empty(null, { backups: false }));
		expect([existsSync(finished.path), existsSync(running.path)]).toEqual([false, true]);
		expect(await failureOf(() => staging.issueTicket(finished))).toMatchObject({ code: 'result-unknown' });
		expect(staging.redeem(staging.issueTicket(running))).toMatchObject(running);
		await keeper.stop();
	});

	test('an export begun while the trash is being emptied can’t hold what goes, and stays', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'secret');
		const staging = stagingOf(context);
		const keeper = keeperOf(context, {}, noBackups, staging);
		await trashConversations(context, [conversationId]);
		const during: StagedFile[] = [];
		// The first event after the trash was marked, before any of it is deleted.
		const unsubscribe = context.events.subscribe(({ type }) => {
			if (type === 'organisation-changed' && during.length === 0) during.push(exported(staging, 'during'));
		});
		expect(await keeper.empty(null, { backups: false })).toMatchObject({ conversations: 1 });
		unsubscribe();
		expect(during.map((file) => staging.redeem(staging.issueTicket(file)))).toMatchObject(during);
		expect(during).toHaveLength(1);
		await keeper.stop();
	});
});

test('an upload that nobody imports is removed after an hour, and one in use is not', async () => {
	let now = 1_000;
	const staging = createStaging(join(temporaryFolder(), 'exchange'), () => now);
	const ids = [staging.newUpload(), staging.newUpload()];
	for (const id of ids) await staging.receive(id, 'a.json', Readable.from(['{}']), 2);
	const folders = ids.map((id) => staging.upload(id).folder);
	const hour = 3_600_000;
	now += 3_599_000;
	await staging.removeUnused(hour);
	expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
	now += 1_000;
	await staging.hold(ids[1]!, () => staging.removeUnused(hour));
	expect(folders.map((folder) => existsSync(folder))).toEqual([false, true]);
	expect(await failureOf(() => staging.upload(ids[0]!))).toMatchObject({ code: 'upload-unknown' });
});
