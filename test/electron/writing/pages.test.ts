import { describe, expect, test } from 'vitest';
import type { ContinuationUpdate } from '../../../electron/contract/writing/schema.ts';
import { get, queryPlan } from '../../../electron/database/sql.ts';
import { continuePage, continueText, recoverPages } from '../../../electron/writing/continue-page.ts';
import { countPageTokens } from '../../../electron/writing/count-tokens.ts';
import { createLiveContinuations } from '../../../electron/writing/live-continuation.ts';
import { startPageTrash } from '../../../electron/writing/page-trash.ts';
import {
	createPage,
	listPages,
	openPage,
	renamePage,
	restorePage,
	savePage,
	setPageOptions,
	trashPage,
} from '../../../electron/writing/pages.ts';
import {
	getPage,
	newestPages,
	pagesBeingWritten,
	trashedPages,
	writeInserted,
} from '../../../electron/writing/store.ts';
import type { ScriptStep } from '../../../models/worker/engine-script.ts';
import { answering, conversationForTest } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';
import type { ScriptedOptions } from '../../support/scripted-models.ts';

function writingForTest(options: ScriptedOptions & { trashDays?: number | null } = {}) {
	const { answers: _, ...context } = conversationForTest({
		...options,
		...(options.trashDays === undefined ? {} : { settings: { trashDays: options.trashDays } }),
	});
	return { ...context, live: createLiveContinuations() };
}

async function updatesOf(context: ReturnType<typeof writingForTest>, id: number): Promise<ContinuationUpdate[]> {
	const updates: ContinuationUpdate[] = [];
	for await (const update of context.live.get(id).follow(undefined)) updates.push(update);
	return updates;
}

async function endOf(context: ReturnType<typeof writingForTest>, id: number) {
	const end = (await updatesOf(context, id)).at(-1);
	if (end?.type !== 'end') throw new Error('no end');
	return end;
}

const dark = answering(' It was dark.');

describe('pages', () => {
	test('a new page is empty and untitled; its title follows the first line until it is given one', () => {
		const context = writingForTest();
		const page = createPage(context, { text: '' });
		expect(page).toMatchObject({ title: 'Untitled page', text: '', revision: 1, titleSource: 'automatic' });
		const saved = savePage(context, { id: page.id, text: '# The lighthouse\n\nOnce', revision: 1 });
		expect(saved).toMatchObject({ title: 'The lighthouse', revision: 2 });
		renamePage(context, page.id, 'Mine');
		expect(savePage(context, { id: page.id, text: 'Other', revision: 2 }).title).toBe('Mine');
		expect(renamePage(context, page.id, ' ').title).toBe('Other');
	});

	test('a text changed elsewhere is not overwritten unless asked', async () => {
		const context = writingForTest();
		const { id } = createPage(context, { text: 'one' });
		savePage(context, { id, text: 'two', revision: 1 });
		expect((await failureOf(() => savePage(context, { id, text: 'three', revision: 1 }))).code).toBe('page-changed');
		// The same text is no conflict.
		expect(savePage(context, { id, text: 'two', revision: 1 }).revision).toBe(2);
		expect(savePage(context, { id, text: 'three', revision: null }).revision).toBe(3);
	});

	test('a new page starts with the model and values of the page changed last', async () => {
		const context = writingForTest({ others: { 2: {} } });
		const { id } = createPage(context, { text: 'a' });
		setPageOptions(context, { id, modelFileId: 2, sampling: { temperature: 0.3 } });
		expect(createPage(context, { text: 'b' })).toMatchObject({ modelFileId: 2, sampling: { temperature: 0.3 } });
		expect((await failureOf(() => setPageOptions(context, { id, modelFileId: 9, sampling: {} }))).code).toBe(
			'model-unknown',
		);
		expect((await failureOf(() => createPage(context, { text: 'c', modelFileId: 256 }))).code).toBe('model-unknown');
	});

	test('the trash keeps a page until it is deleted for good', async () => {
		const context = writingForTest({ trashDays: 30 });
		const { id } = createPage(context, { text: 'secret words' });
		await trashPage(context, id);
		expect(listPages(context, { limit: 10, trash: false }).pages).toEqual([]);
		const trashed = listPages(context, { limit: 10, trash: true });
		expect(trashed).toMatchObject({ total: 0, inTrash: 1, pages: [{ id, goneAt: expect.any(Number) }] });
		expect(restorePage(context, id).deletedAt).toBeNull();
		await trashPage(context, id);
		const trash = startPageTrash(context);
		expect(await trash.empty(null)).toBe(1);
		await trash.stop();
		expect((await failureOf(() => openPage(context, id))).code).toBe('page-unknown');
		expect(get(context.database, 'SELECT at FROM trash_emptied WHERE at > 0')).toBeDefined();
	});

	test('the hot queries use their indexes', () => {
		const { database } = writingForTest();
		expect(queryPlan(database, newestPages, { limit: 10 }).join()).toMatch(/^SCAN pages USING INDEX pages_newest$/);
		expect(queryPlan(database, trashedPages, { limit: 10 }).join()).toContain('INDEX pages_trash');
		expect(queryPlan(database, pagesBeingWritten).join()).toContain('INDEX pages_written');
	});
});

describe('a continuation', () => {
	test('writes at the cursor, streams, and is stored as one change', async () => {
		const context = writingForTest(dark);
		const { id } = createPage(context, { text: 'Night fell. The end.' });
		const continuation = continuePage(context, { id, revision: 1, at: 11 });
		expect(listPages(context, { limit: 1, trash: false }).pages[0]?.continuationId).toBe(continuation);
		const updates = await updatesOf(context, continuation);
		expect(updates[0]).toEqual({ type: 'snapshot', at: 11, text: '' });
		expect(updates.some(({ type }) => type === 'tokens')).toBe(true);
		expect(updates.at(-1)).toMatchObject({
			type: 'end',
			text: ' It was dark.',
			revision: 2,
			result: { stopReason: 'end', completionTokens: 3, modelName: 'Scripted', sampling: { maxTokens: 120 } },
		});
		expect(openPage(context, id)).toMatchObject({ text: 'Night fell. It was dark. The end.', continuationId: null });
	});

	test('the model is given the text before the cursor only, without a template', async () => {
		const context = writingForTest({
			script: { chat: false, answers: [{ when: 'after', steps: [{ type: 'text', text: 'wrong' }] }] },
		});
		const { id } = createPage(context, { text: 'before after' });
		const end = await endOf(context, continuePage(context, { id, revision: 1, at: 6 }));
		expect(end.text).toBe('You said: before');
	});

	test('while it writes, the page can’t be changed; a stop keeps what is there', async () => {
		const steps: ScriptStep[] = [{ type: 'text', text: ' one two' }, { type: 'stall' }];
		const context = writingForTest(answering(steps));
		const { id } = createPage(context, { text: 'zero' });
		const continuation = continuePage(context, { id, revision: 1, at: 4 });
		expect((await failureOf(() => savePage(context, { id, text: 'x', revision: 1 }))).code).toBe('page-busy');
		expect((await failureOf(() => continuePage(context, { id, revision: 1, at: 4 }))).code).toBe('page-busy');
		await expect.poll(() => context.live.get(continuation).text).toBe(' one two');
		// It is on disk before the end.
		await expect
			.poll(() => get(context.database, 'SELECT insert_at AS at, inserted FROM pages'))
			.toEqual({
				at: 4,
				inserted: ' one two',
			});
		context.live.get(continuation).stop();
		expect(await endOf(context, continuation)).toMatchObject({ result: { stopReason: 'stopped', failure: null } });
		expect(openPage(context, id).text).toBe('zero one two');
	});

	test('moving the page to the trash stops it first and keeps its text', async () => {
		const steps: ScriptStep[] = [{ type: 'text', text: ' one' }, { type: 'stall' }];
		const context = writingForTest(answering(steps));
		const { id } = createPage(context, { text: 'zero' });
		const continuation = continuePage(context, { id, revision: 1, at: 4 });
		await expect.poll(() => context.live.get(continuation).text).toBe(' one');
		expect(await trashPage(context, id)).toMatchObject({ text: 'zero one', deletedAt: expect.any(Number) });
	});

	test('a failure is reported, and keeps what was written', async () => {
		const failure = { code: 'worker-crashed', message: 'It died.', next: [] };
		const steps: ScriptStep[] = [
			{ type: 'text', text: ' half' },
			{ type: 'fail', failure },
		];
		const context = writingForTest(answering(steps));
		const { id } = createPage(context, { text: 'A' });
		const end = await endOf(context, continuePage(context, { id, revision: 1, at: 1 }));
		expect(end.result.failure).toMatchObject(failure);
		expect(openPage(context, id).text).toBe('A half');
	});

	test('a process that died while writing leaves its text, at its place', () => {
		const context = writingForTest();
		const { id } = createPage(context, { text: 'Start. End.' });
		writeInserted(context.database, id, 6, ' Middle.');
		expect(recoverPages(context.database, 5)).toBe(1);
		expect(getPage(context.database, id)).toMatchObject({ text: 'Start. Middle. End.', revision: 2 });
		expect(recoverPages(context.database, 6)).toBe(0);
	});

	test('a cursor within a character of two units moves before it', async () => {
		const context = writingForTest(dark);
		const { id } = createPage(context, { text: 'a😀b' });
		await endOf(context, continuePage(context, { id, revision: 1, at: 2 }));
		expect(openPage(context, id).text).toBe('a It was dark.😀b');
	});

	test('of a text longer than the context, the model is given the end', async () => {
		const context = writingForTest({
			script: { contextSize: 128, answers: [{ steps: [{ type: 'text', text: ' x' }] }] },
		});
		const { id } = createPage(context, { text: 'word '.repeat(300).trim() });
		const at = openPage(context, id).text.length;
		const { result } = await endOf(context, continuePage(context, { id, revision: 1, at }));
		expect(result.promptTokens).toBeLessThanOrEqual(112);
		expect(result.leftOutTokens).toBeGreaterThan(180);
	});

	test('a text can be continued without storing anything', async () => {
		const context = writingForTest(dark);
		const end = await endOf(context, continueText(context, { text: 'Night fell.', modelFileId: null, sampling: {} }));
		expect(end).toMatchObject({ text: ' It was dark.', revision: null });
		expect(listPages(context, { limit: 1, trash: false }).total).toBe(0);
	});
});

test('tokens around the cursor are counted by the model in memory, and estimated otherwise', async () => {
	const context = writingForTest();
	const counted = await countPageTokens(context, { modelFileId: null, before: 'one two three', after: ' four' });
	expect(counted).toMatchObject({ exact: true, before: 3, total: 4, sent: 3, contextSize: 4096, answerRoom: 512 });
	const other = writingForTest({ inMemory: false });
	expect(await countPageTokens(other, { modelFileId: null, before: '12345678', after: '' })).toMatchObject({
		exact: false,
		before: 2,
	});
});
