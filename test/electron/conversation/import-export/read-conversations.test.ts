import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { findFiles } from '../../../../electron/conversation/import-export/find-files.ts';
import { JsonSplitter } from '../../../../electron/conversation/import-export/json-splitter.ts';
import { listZip } from '../../../../electron/conversation/import-export/zip-reader.ts';
import { createZipWriter } from '../../../../electron/conversation/import-export/zip-writer.ts';
import { moment } from '../../../../electron/hosts/cli/table.ts';
import { formatFullTime, formatShortTime } from '../../../../renderer/design/format.ts';
import { chatGptConversation } from '../../../support/chat-gpt-export.ts';
import { conversationForTest } from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';
import { exporting, importing, writeFiles } from '../../../support/import-export.ts';

/** Splits a text into pieces of `size` bytes and collects the values. */
function split(text: string, size: number, maxBytes = 1_000_000): unknown[] {
	const splitter = new JsonSplitter(maxBytes);
	const bytes = Buffer.from(text);
	const values = [];
	for (let at = 0; at < bytes.length; at += size) values.push(...splitter.push(bytes.subarray(at, at + size)));
	values.push(...splitter.finish());
	return values.map((value) => (value === null ? null : (JSON.parse(value.toString()) as unknown)));
}

describe('JSON splitter', () => {
	test('the values of any array are found, however its bytes arrive', () => {
		fc.assert(
			fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), fc.boolean(), (values, size, pretty) => {
				const text = JSON.stringify(values, null, pretty ? 2 : 0);
				expect(split(text.slice(1), size)).toEqual(JSON.parse(text));
			}),
			{ seed: 20_261_124, numRuns: 300 },
		);
	});

	test('consecutive values without an array are found', () => {
		expect(split('{"a":1}\n{"b":[2,"}"]} "c\\"" 4 null', 3)).toEqual([{ a: 1 }, { b: [2, '}'] }, 'c"', 4, null]);
	});

	test('a value that is too large is dropped, and only that', () => {
		expect(split(`1,"${'x'.repeat(100)}",{"y":2}]`, 7, 50)).toEqual([1, null, { y: 2 }]);
	});
});

describe('times', () => {
	const asked = Date.UTC(2026, 0, 2);
	const dated = { created_at: new Date(asked).toISOString() };
	const message = (uuid: string, more: object) => ({ uuid, sender: 'human', text: uuid, ...more });
	const claude = (more: object, messages: readonly object[]) =>
		JSON.stringify([{ uuid: 'c', name: 'T', chat_messages: messages, ...more }]);

	test('a missing or impossible time is taken from the nearest one that is known', async () => {
		const context = conversationForTest({ model: false });
		const messages = [message('a', {}), message('b', dated), message('c', { created_at: 1e300 })];
		await importing(context, claude({ updated_at: 1e300 }, messages));
		const read = openConversation(context, 1);
		expect(read.messages.map(({ createdAt }) => createdAt)).toEqual([asked, asked, asked]);
		expect(read.conversation).toMatchObject({ createdAt: asked, updatedAt: asked });
	});

	test('times of which the export says nothing are shown as unknown, not as 1970', async () => {
		const context = conversationForTest({ model: false });
		await importing(context, claude({}, [message('a', {})]));
		expect(openConversation(context, 1).messages[0]?.createdAt).toBe(0);
		for (const format of ['markdown', 'html'] as const) {
			expect((await exporting(context, [1], format)).text).not.toContain('1970');
		}
		expect([moment(0), formatShortTime(0, asked), formatFullTime(0)]).toEqual(Array(3).fill('time unknown'));
	});

	test('a document of Assay with an impossible time is reported, not stored', async () => {
		const context = conversationForTest({ model: false });
		await importing(context, claude({}, [message('a', dated)]));
		const { text } = await exporting(context, [1], 'json');
		const broken = text.replaceAll(String(asked), '9000000000000000');
		const report = await importing(conversationForTest({ model: false }), broken);
		expect(report).toMatchObject({ conversations: 0, skipped: [{ why: expect.stringContaining('createdAt') }] });
	});
});

describe('zip archives', () => {
	test('exported archives can be read by other programs, with names of any script', async () => {
		const chunks: Buffer[] = [];
		const zip = createZipWriter(async (bytes) => void chunks.push(bytes));
		const texts = { 'größe.md': 'ä'.repeat(5_000), '日本.md': '', 'c.md': '# c' };
		for (const [name, text] of Object.entries(texts)) await zip.add(name, text, Date.UTC(2026, 10, 24));
		await zip.finish();
		const archive = Buffer.concat(chunks);
		const read = Object.entries(unzipSync(archive)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
		expect(Object.fromEntries(read)).toEqual(texts);
		const folder = writeFiles({ 'a.zip': archive });
		expect((await listZip(join(folder, 'a.zip'))).map(({ name }) => name)).toEqual(Object.keys(texts));
	});

	test('ChatGPT’s archives are imported without their pictures', async () => {
		const conversations = Buffer.from(JSON.stringify([chatGptConversation(1, 4, 50), chatGptConversation(2, 2, 50)]));
		const archive = zipSync({
			'chat.html': Buffer.from('<html>'),
			'file-1.png': Buffer.alloc(2_000, 7),
			'conversations.json': conversations,
			'user.json': Buffer.from('{"id":"u"}'),
		});
		const context = conversationForTest({ model: false });
		const report = await importing(context, { 'export.zip': Buffer.from(archive) });
		expect(report).toMatchObject({ conversations: 2, messages: 6, files: 1, skipped: [] });
		expect(openConversation(context, 1).messages[1]?.importedModel).toBe('gpt-4o');
	});

	test('a truncated archive is reported', async () => {
		const archive = Buffer.from(zipSync({ 'conversations.json': Buffer.alloc(50_000, 32) }, { level: 0 }));
		const cut = { 'export.zip': archive.subarray(0, 20_000) };
		const failure = await failureOf(() => importing(conversationForTest(), cut));
		expect([failure.code, failure.message]).toEqual(['import-unreadable', expect.stringContaining('cut off')]);
	});
});

describe('folders', () => {
	const line = (id: string, thread: string, value: string) =>
		JSON.stringify({
			id,
			object: 'thread.message',
			thread_id: thread,
			role: 'user',
			content: [{ type: 'text', text: { value } }],
			created_at: 1_750_000_000_000,
		});

	test('Jan’s folders are imported with the titles of their threads, and a torn last line is reported', async () => {
		const context = conversationForTest({ model: false });
		const report = await importing(context, {
			'threads/a/thread.json': JSON.stringify({ id: 'a', object: 'thread', title: 'Rivers' }),
			'threads/a/messages.jsonl': `${line('1', 'a', 'Longest?')}\n`,
			'threads/b/messages.jsonl': `${line('2', 'b', 'Deepest?')}\n{"id":"3","obj`,
			'threads/b/notes.txt': 'not looked at',
		});
		expect(report.samples.map(({ title }) => title).sort()).toEqual(['Deepest?', 'Rivers']);
		expect(report.skipped).toMatchObject([{ what: 'line 2 of threads/b/messages.jsonl' }]);
	});

	test('LM Studio’s folders are imported, one conversation per file, pinned as there', async () => {
		const file = (name: string, pinned: boolean, createdAt: number) =>
			JSON.stringify({
				name,
				pinned,
				createdAt,
				messages: [
					{ currentlySelected: 0, versions: [{ role: 'user', content: [{ type: 'text', text: `Hi ${name}` }] }] },
				],
			});
		const context = conversationForTest({ model: false });
		const report = await importing(context, {
			'1.conversation.json': file('one', true, 1_750_000_000_000),
			'below/2.conversation.json': file('two', false, 1_750_000_000_001),
			'3.conversation.json': 'torn',
		});
		expect(report.samples.map(({ title }) => title).sort()).toEqual(['one', 'two']);
		expect(report.skipped).toEqual([
			{ what: '3.conversation.json', why: 'not a conversation export that Assay can read' },
		]);
		const { conversation } = openConversation(
			context,
			report.samples.find(({ title }) => title === 'one')?.conversationId ?? 0,
		);
		expect(conversation.pinnedAt).not.toBeNull();
	});

	test('a folder without any export suggests what to choose instead', async () => {
		const folder = writeFiles({ 'notes.txt': 'x' });
		mkdirSync(join(folder, 'empty'));
		expect((await failureOf(() => findFiles([join(folder, 'empty')]))).code).toBe('import-unreadable');
		expect((await failureOf(() => findFiles([join(folder, 'missing.json')]))).code).toBe('file-unreadable');
		if (process.platform !== 'win32') {
			expect((await failureOf(() => findFiles(['/dev/zero']))).message).toContain('a device or a pipe');
		}
	});
});
