import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { makeFolders, paris, saying, slow } from './folders.ts';
import { documentOf, runCli, startCli } from './run-cli.ts';

async function messagesIn(data: string, conversation = '1') {
	const shown = await runCli(['conversations', 'show', conversation, '--json', '--data', data]);
	const { messages } = documentOf(shown) as { messages: { role: string; status: string; content: string }[] };
	return messages;
}

/** Counts the rows that the running command has written so far, from another process. */
function rowsOf(data: string, table: 'messages' | 'message_chunks'): number {
	let database: Database.Database | null = null;
	try {
		database = new Database(join(data, 'assay.db'), { readonly: true, fileMustExist: true });
		return database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
	} catch {
		// The file or its tables do not exist yet.
		return 0;
	} finally {
		database?.close();
	}
}

describe('assay chat', () => {
	test('prints one document with --json: the answer, its numbers and how to repeat it', async () => {
		const { data, model } = makeFolders();
		const args = ['chat', 'What is the capital of France?', '--model', model, '--seed', '7', '--temperature', '0'];
		const end = await runCli([...args, '--json', '--data', data], { script: paris });
		expect(end).toMatchObject({ code: 0, stderr: '' });
		expect(documentOf(end)).toEqual({
			conversationId: 1,
			messageId: 2,
			ledger: expect.objectContaining({ leftOut: [], sources: [], unfoundQuotes: [] }),
			text: 'The capital of France is Paris.',
			reasoning: null,
			stopReason: 'end',
			usage: { promptTokens: expect.any(Number), cachedTokens: 0, completionTokens: 6 },
			timing: {
				ttftMs: expect.any(Number),
				promptTokensPerSecond: expect.any(Number),
				tokensPerSecond: expect.any(Number),
				totalMs: expect.any(Number),
			},
			model: 'tiny',
			engine: 'scripted',
			seed: 7,
		});
		const [question, answer] = await messagesIn(data);
		expect([question?.content, answer?.content]).toEqual([
			'What is the capital of France?',
			'The capital of France is Paris.',
		]);
	});

	test('prints only the answer without --json', async () => {
		const { data, model } = makeFolders();
		const end = await runCli(['chat', 'What', 'is', 'it?', '--model', model, '--data', data], { script: paris });
		expect(end).toEqual({ code: 0, stdout: 'The capital of France is Paris.\n', stderr: '' });
		expect((await messagesIn(data))[0]?.content).toBe('What is it?');
	});

	test('reads all or part of the prompt from standard input', async () => {
		const { data, model } = makeFolders();
		const echo = { data, script: {} };
		const piped = await runCli(['chat', '--model', model, '--data', data], { ...echo, input: 'from the pipe é🙂\n' });
		expect(piped.stdout).toBe('You said: from the pipe é🙂\n');
		const mixed = await runCli(['chat', 'Summarise:', '-', '--data', data], { ...echo, input: 'the notes' });
		expect(mixed.stdout).toBe('You said: Summarise: the notes\n');
	});

	test('does not wait for standard input if the prompt is given', async () => {
		const { data, model } = makeFolders();
		const { end } = startCli(['chat', 'hi', '--model', model, '--data', data], { script: paris });
		expect((await end).code).toBe(0);
	});

	test('streams the answer as it arrives, and nothing else', async () => {
		const { data, model } = makeFolders();
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script: slow });
		await chat.says('word word');
		expect(chat.stdout()).toMatch(/^(word ?)+$/);
		expect(chat.stderr()).toBe('');
		chat.interrupt();
		await chat.end;
	});

	test('finds a model by its name once it is in the library', async () => {
		const { data, model } = makeFolders();
		await runCli(['models', 'add', model, '--data', data]);
		const end = await runCli(['chat', 'hi', '--model', 'tiny', '--json', '--data', data], { script: paris });
		expect(documentOf(end)).toMatchObject({ model: 'tiny' });
	});

	test.each([
		['without a model', ['chat', 'hi'], 'no-model', 'assay models pull'],
		['with an unknown model', ['chat', 'hi', '--model', 'nothing'], 'model-unknown', 'path of a GGUF'],
		['with a missing file', ['chat', 'hi', '--model', './nothing.gguf'], 'model-file', ''],
	])('%s fails with the cause, the next step and code 1', async (_what, args, code, next) => {
		const { data } = makeFolders();
		const end = await runCli([...args, '--json', '--data', data], { script: paris });
		expect(end.code).toBe(1);
		const { error } = documentOf(end) as { error: { code: string; message: string; next: string[] } };
		expect(error.code).toContain(code);
		expect(error.next.join('\n')).toContain(next);
		expect(end.stderr).toContain(`assay: ${error.message}\n  - ${error.next[0]}`);
	});

	test('fails with the cause and keeps the text so far if the model crashes', async () => {
		const { data, model } = makeFolders();
		const steps = [
			{ type: 'text' as const, text: 'So far so good' },
			{ type: 'wait' as const, ms: 300 },
			{ type: 'crash' as const, how: { signal: 'SIGABRT' as const }, lastWords: 'GGML_ASSERT(n > 0) failed' },
		];
		const args = ['chat', 'hi', '--model', model, '--json', '--data', data];
		const end = await runCli(args, { script: { answers: [{ steps }] } });
		expect(end.code).toBe(1);
		expect(documentOf(end)).toMatchObject({
			error: { code: 'worker-crashed', message: expect.stringContaining('SIGABRT') },
			conversationId: 1,
			text: 'So far so good',
		});
		expect((await messagesIn(data)).at(-1)).toMatchObject({ status: 'failed', content: 'So far so good' });
	});

	test('answers with --no-save and leaves the database as it was', async () => {
		const { data, model } = makeFolders();
		await runCli(['chat', 'kept', '--model', model, '--data', data], { script: paris });
		const rows = () => {
			const database = new Database(join(data, 'assay.db'), { readonly: true });
			const tables = ['conversations', 'messages', 'generations', 'message_chunks', 'messages_fts'];
			const counts = tables.map((table) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get());
			const holds = database.prepare("SELECT count(*) AS n FROM messages WHERE content LIKE '%secret%'").get();
			database.close();
			return { counts, holds };
		};
		const before = rows();
		const end = await runCli(['chat', 'a secret', '--no-save', '--json', '--data', data], { script: {} });
		expect(documentOf(end)).toMatchObject({
			conversationId: null,
			messageId: null,
			text: 'You said: a secret',
			stopReason: 'end',
			usage: { completionTokens: 4 },
			model: 'tiny',
		});
		expect(rows()).toEqual(before);
	});
});

describe('Ctrl+C', () => {
	test('stops the answer, keeps its text and exits 130', async () => {
		const { data, model } = makeFolders();
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script: slow });
		await chat.says('word word word');
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
		const messages = await messagesIn(data);
		expect(messages.map(({ role, status }) => [role, status])).toEqual([
			['user', 'complete'],
			['assistant', 'stopped'],
		]);
		expect(messages[1]?.content).toMatch(/^word word word/);
		expect(chat.stdout().trimEnd()).toBe(messages[1]?.content.trimEnd());
	});

	test('still prints the document of the partial answer with --json', async () => {
		const { data, model } = makeFolders();
		const script = saying('word '.repeat(5_000), 20);
		const chat = startCli(['chat', 'hi', '--model', model, '--json', '--data', data], { script });
		await expect.poll(() => rowsOf(data, 'message_chunks'), { timeout: 15_000 }).toBeGreaterThan(0);
		chat.interrupt();
		const end = await chat.end;
		expect(end.code).toBe(130);
		expect(documentOf(end)).toMatchObject({ stopReason: 'stopped', text: expect.stringMatching(/^word/) });
	});

	test('ends the command at once with 130 while the model loads', async () => {
		const { data, model } = makeFolders();
		const script = { load: [{ type: 'wait' as const, ms: 60_000 }] };
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script });
		await expect.poll(() => rowsOf(data, 'messages'), { timeout: 15_000 }).toBe(2);
		const before = Date.now();
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
		expect(Date.now() - before).toBeLessThan(5_000);
		expect((await messagesIn(data)).at(-1)?.status).toBe('stopped');
	});

	test('ends the process at once when pressed a second time', async () => {
		const { data, model } = makeFolders();
		const script = { answers: [{ steps: [{ type: 'text' as const, text: 'now ' }, { type: 'hang' as const }] }] };
		const chat = startCli(['chat', 'hi', '--model', model, '--data', data], { script });
		await chat.says('now');
		await new Promise((resolve) => setTimeout(resolve, 300));
		chat.interrupt();
		await new Promise((resolve) => setTimeout(resolve, 300));
		const before = Date.now();
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
		expect(Date.now() - before).toBeLessThan(1_000);
		expect((await messagesIn(data)).at(-1)).toMatchObject({ status: 'interrupted', content: 'now ' });
	});

	test('stops an answer with --no-save too', async () => {
		const { data, model } = makeFolders();
		const args = ['chat', 'hi', '--no-save', '--model', model, '--data', data];
		const chat = startCli(args, { script: slow });
		await chat.says('word word');
		chat.interrupt();
		expect((await chat.end).code).toBe(130);
	});
});
