import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../../../../models/contract/failure.ts';
import { chunkTokens, planChunks } from '../../../../models/native/perplexity/chunks.ts';
import { readText } from '../../../../models/native/perplexity/read-text.ts';

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'assay-text-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
	const error = await promise.catch((thrown: unknown) => thrown);
	if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${String(error)}`);
	return error;
}

test('exactly one final line end is removed, as in llama.cpp', async () => {
	const { bytes, crlfLines } = await readText(await file('plain.txt', 'a\n\nb \n\n'));
	expect(Buffer.from(bytes).toString()).toBe('a\n\nb \n');
	expect(crlfLines).toBe(0);
});

test('CRLF is kept and counted', async () => {
	const { bytes, crlfLines } = await readText(await file('crlf.txt', 'a\r\nb\nc\r\n'));
	expect(Buffer.from(bytes).toString()).toBe('a\r\nb\nc\r');
	expect(crlfLines).toBe(2);
});

test('binary, UTF-16, invalid UTF-8, empty and missing files are refused with the reason', async () => {
	const cases: [string, string, string][] = [
		[await file('zero', Uint8Array.of(65, 66, 0, 67)), 'text-binary', 'byte 3 is zero'],
		[await file('utf16', Uint8Array.of(0xff, 0xfe, 65, 0)), 'text-binary', 'UTF-16'],
		[await file('latin1', Uint8Array.of(65, 0xe9, 66)), 'text-binary', 'not text in UTF-8'],
		[await file('empty', ''), 'text-empty', 'is empty'],
		[join(folder, 'absent'), 'text-missing', 'absent'],
		[folder, 'text-missing', folder],
		...(process.platform === 'win32' ? [] : [['/dev/zero', 'text-no-file', 'a device'] as [string, string, string]]),
	];
	for (const [path, code, message] of cases) {
		const failure = await failureOf(readText(path));
		expect(failure.code).toBe(code);
		expect(failure.message).toContain(message);
		expect(failure.next.length).toBeGreaterThan(0);
	}
});

test("chunks are divided like llama-perplexity's", () => {
	expect(planChunks(303_415, 512, null, 'x')).toEqual({
		contextSize: 512,
		chunks: 592,
		available: 592,
		first: 256,
		scored: 255,
	});
	expect(planChunks(1024, 512, 9, 'x').chunks).toBe(2);
	expect(planChunks(1024, 511, 1, 'x')).toMatchObject({ first: 255, scored: 255, chunks: 1, available: 2 });
});

test('a text of less than two chunks is too short, with its count and a context that would fit', () => {
	const short = (): unknown => planChunks(1023, 512, null, '/tmp/a.txt');
	expect(short).toThrow('1,023 tokens');
	expect(short).toThrow('at least 1,024');
	try {
		short();
	} catch (error) {
		expect((error as Failure).next).toContain('Use a context of 256');
	}
	expect(() => planChunks(3, 512, null, 'x')).toThrow(Failure);
});

test('a start token replaces the first token of every chunk', () => {
	const plan = planChunks(8, 4, null, 'x');
	const tokens = Int32Array.of(10, 11, 12, 13, 20, 21, 22, 23);
	expect([...chunkTokens(tokens, 1, plan, 1)]).toEqual([1, 21, 22, 23]);
	expect([...chunkTokens(tokens, 1, plan, null)]).toEqual([20, 21, 22, 23]);
	expect(tokens[4]).toBe(20);
});
