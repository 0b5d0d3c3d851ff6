import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Application, createApplication } from '../../../../electron/application/application.ts';
import { createContextBuilder } from '../../../../electron/context/build-context.ts';
import { createFactLibrary } from '../../../../electron/context/memory/fact-library.ts';
import { startFactTrash } from '../../../../electron/context/memory/fact-trash.ts';
import {
	addFact,
	editFact,
	forgetFacts,
	listFacts,
	proposeFacts,
	restoreFacts,
} from '../../../../electron/context/memory/facts.ts';
import { insertFact } from '../../../../electron/context/memory/store.ts';
import { createMemorySource } from '../../../../electron/context/memory-source.ts';
import { purge } from '../../../../electron/conversation/organise/purge.ts';
import { backupCutoff, backupRetentionMs } from '../../../../electron/conversation/organise/trash-retention.ts';
import { scheduleBackups } from '../../../../electron/database/backups/backup-schedule.ts';
import { defaultReaderEntry } from '../../../../electron/database/reader-protocol.ts';
import { all, run, transaction } from '../../../../electron/database/sql.ts';
import { answering, type ConversationForTest, conversationForTest, converse } from '../../../support/conversation.ts';
import { addEmptyDatabase } from '../../../support/database.ts';
import { scriptedApplicationModels } from '../../../support/scripted-models.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const person = { folderId: null, expiresAt: null };
const everything = { text: '', forgotten: false, limit: 100, offset: 0 };

function memoryForTest() {
	// Answers that repeat nothing of the prompt.
	const context = conversationForTest({ script: { answers: [{ steps: [{ type: 'text', text: 'Fine.' }] }] } });
	const statesFolder = join(dirname(context.path), 'states');
	mkdirSync(statesFolder, { recursive: true });
	const source = createMemorySource(createFactLibrary(context));
	return { ...context, statesFolder, contextBuilder: createContextBuilder([source], context.log) };
}

function trashOf(context: ReturnType<typeof memoryForTest>) {
	const trash = startFactTrash(context, context);
	onTestFinished(() => trash.stop());
	return trash;
}

/** Words that occur nowhere else. */
const secrets = (label: string, count: number): string[] =>
	Array.from({ length: count }, (_, index) =>
		createHash('sha256')
			.update(`${label} ${index}`)
			.digest('hex')
			.replaceAll(/\d/g, (digit) => 'ghijklmnop'[+digit] ?? ''),
	);

/** Returns the words that are found in the database or its log. An index omits the beginning that two neighbours share. */
function foundIn({ path }: Pick<ConversationForTest, 'path'>, words: readonly string[]): string[] {
	const files = [path, `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
	const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
	return words.filter((word) => bytes.includes(word.slice(8)));
}

describe('forgetting for good', () => {
	test('leaves no byte of a fact: not of earlier versions, quotes, indexes, prompts and ledgers', async () => {
		const context = memoryForTest();
		const trash = trashOf(context);
		const words = secrets('gone', 4);
		const kept = secrets('kept', 2);
		addFact(context, { text: `keep ${kept[0]}`, ...person });
		const old = addFact(context, { text: `old ${words[0]}`, ...person });
		const { conversationId } = await converse(context, 'hello');
		const fact = editFact(context, old.id, { text: `new ${words[1]}` });
		await converse(context, 'and now', { conversationId });
		// One that is left out of the prompt is named in its ledger.
		const large = addFact(context, { text: `${words[2]} ${'x '.repeat(450)}`, ...person });
		await converse(context, 'short', { contextSize: 512 });
		addFact(context, { text: `more ${kept[1]}`, ...person });
		const state = join(context.statesFolder, `conversation-${conversationId}.1f.state`);
		const other = join(context.statesFolder, 'conversation-99.1f.state');
		for (const file of [state, other]) writeFileSync(file, `${words[1]}`);
		expect(foundIn(context, [...words.slice(0, 3), ...kept])).toHaveLength(5);

		const ids = forgetFacts(context, [fact.id, large.id]);
		expect(ids.toSorted()).toEqual([old.id, fact.id, large.id].toSorted());
		expect(listFacts(context, everything).inTrash).toBe(3);
		expect(await trash.empty(ids)).toBe(3);
		expect(foundIn(context, words)).toEqual([]);
		expect(foundIn(context, kept)).toEqual(kept);
		expect(existsSync(state)).toBe(false);
		expect(existsSync(other)).toBe(true);
		expect(all(context.database, `SELECT * FROM context_pieces WHERE text LIKE 'old%' OR text LIKE 'new%'`)).toEqual(
			[],
		);
		// Backups from before go in time, as for conversations.
		expect(backupCutoff(context.database, context.clock() + backupRetentionMs)).toBeGreaterThan(0);
		run(context.database, `INSERT INTO facts_fts (facts_fts, rank) VALUES ('integrity-check', 1)`);
	});

	test('happens by itself after the days of the trash; until then a fact can be restored', async () => {
		const context = memoryForTest();
		let now = 1_000_000;
		const trash = startFactTrash({ ...context, clock: () => now }, { ...context, deletionClock: () => now });
		onTestFinished(() => trash.stop());
		const fact = addFact(context, { text: 'I take no sugar', ...person });
		const ids = forgetFacts({ ...context, clock: () => now }, [fact.id]);
		expect(restoreFacts(context, ids)).toBe(1);
		expect(listFacts(context, everything)).toMatchObject({ inTrash: 0, counts: { accepted: 1 } });
		forgetFacts({ ...context, clock: () => now }, [fact.id]);
		now += 1;
		expect(await trash.empty(null)).toBe(1);
		expect(listFacts(context, everything)).toMatchObject({ inTrash: 0, total: 0 });
	});

	test('is continued after a kill in the middle, however many there are', async () => {
		const context = memoryForTest();
		const words = secrets('many', 400);
		transaction(context.database, () => {
			for (const word of words) {
				const fact = { text: word, quote: '', topic: '', messageId: null, supersedesId: null, ...person };
				insertFact(context.database, { ...fact, origin: 'person', state: 'accepted' }, 1);
			}
		});
		forgetFacts(
			context,
			listFacts(context, { ...everything, limit: 1_000 }).facts.map(({ id }) => id),
		);
		const first = startFactTrash(context, context);
		const emptied = first.empty(null);
		// Stopping ends between two steps, as a kill does.
		await first.stop();
		expect(await emptied).toBeLessThan(400);
		const left = all(context.database, 'SELECT id FROM facts').length;
		expect(left).toBeGreaterThan(0);
		expect(listFacts(context, { ...everything, forgotten: true })).toMatchObject({ total: 0, inTrash: 0 });
		await trashOf(context).empty(null);
		expect(all(context.database, 'SELECT id FROM facts')).toEqual([]);
		expect(foundIn(context, words)).toEqual([]);
	});
});

test('a conversation that is deleted for good takes proposals and quotes along; accepted facts stay', async () => {
	const context = memoryForTest();
	const [proposed = '', accepted = '', said = ''] = secrets('said', 3);
	const { conversationId, userMessageId } = await converse(context, 'hello');
	const quote = `${said}`;
	proposeFacts(context, userMessageId ?? 0, 'rule', [
		{ text: proposed, quote, topic: '' },
		{ text: accepted, quote, topic: '' },
	]);
	run(context.database, `UPDATE facts SET state = 'accepted' WHERE text = :accepted`, { accepted });
	run(context.database, 'UPDATE conversations SET deleted_at = 0 WHERE id = :conversationId', { conversationId });
	await purge(context.database, { clock: context.clock, signal: new AbortController().signal });
	expect(listFacts(context, everything).facts).toMatchObject([{ text: accepted, source: null }]);
	expect(foundIn(context, [proposed, said])).toEqual([]);
	expect(foundIn(context, [accepted])).toEqual([accepted]);
});

describe('backups of a fact that is forgotten for good', () => {
	/** Names of the files in a data folder, whatever they are, that contain a word. */
	function filesWith(folder: string, word: string): string[] {
		return readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ parentPath, name }) => join(parentPath, name))
			.filter((path) => readFileSync(path).includes(word.slice(8)));
	}

	/** A data folder with one fact in its tables, its index, the prompt and the ledger of an answer, and the log. */
	async function openWithFact(word: string): Promise<{ application: Application; dataFolder: string; id: number }> {
		const dataFolder = temporaryFolder();
		addEmptyDatabase(dataFolder);
		const application = await createApplication({
			...{ dataFolder, host: 'cli', version: '0.0.0', log: () => {} },
			models: scriptedApplicationModels(answering('Fine.', 'Fine again.')),
		});
		onTestFinished(() => application.close());
		const { client } = application;
		const { id } = await client.memory.add({ text: `I work at ${word}` });
		const { conversationId } = await client.conversations.send({ conversationId: null, text: 'Where do I work?' });
		await expect
			.poll(async () => (await client.conversations.get({ id: conversationId })).messages.at(-1)?.status)
			.toBe('complete');
		return { application, dataFolder, id };
	}

	test('made later hold nothing of it; earlier ones do, until they are replaced on request', async () => {
		const [word = ''] = secrets('backups', 1);
		const { application, dataFolder, id } = await openWithFact(word);
		const { client } = application;
		const earlier = await client.backups.create();
		expect(filesWith(dataFolder, word)).toContain(earlier.path);
		const { ids } = await client.memory.forget({ ids: [id] });
		expect(await client.memory.emptyTrash({ ids, backups: false })).toEqual({ facts: 1, backupsRemoved: 0 });
		const later = await client.backups.create();
		expect((await client.backups.list()).backups.map(({ path }) => path)).toEqual([later.path, earlier.path]);
		expect(filesWith(dataFolder, word)).toEqual([earlier.path]);
		// Also when nothing is left in the trash: the person changed their mind about the backups.
		expect(await client.memory.emptyTrash({ backups: true })).toEqual({ facts: 0, backupsRemoved: 2 });
		expect(filesWith(dataFolder, word)).toEqual([]);
		await application.close();
		expect(filesWith(dataFolder, word)).toEqual([]);
	});

	test('are removed by themselves after 35 days, as for conversations', async () => {
		const context = memoryForTest();
		const trash = trashOf(context);
		const [word = ''] = secrets('in time', 1);
		let later = 0;
		const clock = (): number => context.clock() + later;
		const folder = join(dirname(context.path), 'backups');
		const { database, path, log } = context;
		const cutoff = (): number | null => backupCutoff(database, clock());
		const backups = scheduleBackups({ database, path, folder, readerEntry: defaultReaderEntry, clock, log, cutoff });
		onTestFinished(() => backups.stop());
		const { id } = addFact(context, { text: word, ...person });
		await backups.backupNow();
		forgetFacts(context, [id]);
		await trash.empty([id]);
		await backups.backupNow();
		later = backupRetentionMs - 10_000;
		await backups.forget();
		expect([backups.list().length, filesWith(folder, word).length]).toEqual([2, 1]);
		later = backupRetentionMs + 10_000;
		await backups.forget();
		expect([backups.list().length, filesWith(folder, word).length]).toEqual([1, 0]);
	});
});
