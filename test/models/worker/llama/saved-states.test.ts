import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GenerateRequest, Turn } from '../../../../models/contract/generation.ts';
import type { LoadOptions } from '../../../../models/contract/load.ts';
import type { Engine } from '../../../../models/engine.ts';
import { createModelRuntime, createNodeLauncher, type ModelRuntime } from '../../../../models/runtime/runtime.ts';
import { deleteOldestStates } from '../../../../models/saved-state-limit.ts';
import { openState } from '../../../../models/worker/llama/saved-state-file.ts';

import { seededRandom } from '../../../support/seeded-random.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { answerOf, ask, resultOf, testLoadOptions } from '../../../support/worker-runtime.ts';

let folder: string;
let states: string;
let runtime: ModelRuntime;
let crashes: string[];
let log: string[];

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'assay-states-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
	states = mkdtempSync(join(folder, 'states-'));
	crashes = [];
	log = [];
	runtime = createModelRuntime({ launcher: createNodeLauncher(), log: (line) => log.push(line) });
	runtime.onEvent((event) => event.type === 'crashed' && crashes.push(event.failure.message));
});
afterEach(() => runtime.close());

/** Writes a tiny model once, because a rewritten file counts as another. */
function tinyModel(seed: number): string {
	const path = join(folder, `tiny-${seed}.gguf`);
	return existsSync(path) ? path : writeTinyGguf(path, { seed });
}

const load = (seed = 1, options: Partial<LoadOptions> = {}): Promise<Engine> =>
	runtime.load({
		key: 'tiny',
		path: tinyModel(seed),
		options: { ...testLoadOptions, ...options },
		savedStates: { folder: states, limitBytes: 1e9 },
	});

const story = 'the cat and the dog sat on the mat and it was that he had not been at the sea '.repeat(4);
const history = (...contents: string[]): Turn[] =>
	contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
const request = (turns: Turn[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
	...ask('', { temperature: 0, maxTokens: 12 }),
	turns,
	cacheKey: 'conversation-7',
	keepState: true,
	...more,
});

async function firstTurn(engine: Engine): Promise<string> {
	return (await answerOf(engine, request(history(story)))).text;
}

/** Returns a conversation whose model was unloaded after the first answer; its state is on disk. */
async function savedFile(): Promise<{ path: string; answer: string }> {
	const answer = await firstTurn(await load());
	await runtime.unload('tiny');
	const [name] = readdirSync(states);
	return { path: join(states, name ?? ''), answer };
}

describe('conversation state', () => {
	test('it is on disk after unloading the model, and the next answer continues from it with the same tokens', async () => {
		const engine = await load();
		const first = await firstTurn(engine);
		const warm = resultOf(await answerOf(engine, request(history(story, first, 'and the ship'))));
		await runtime.unload('tiny');
		expect(readdirSync(states)).toEqual([expect.stringMatching(/^conversation-7\.[0-9a-f]{16}\.kv$/)]);

		rmSync(states, { recursive: true });
		await answerOf(await load(), request(history(story)));
		await runtime.unload('tiny');
		const again = resultOf(await answerOf(await load(), request(history(story, first, 'and the ship'))));
		expect(again.cachedTokens).toBe(warm.cachedTokens);
		expect(again.cachedTokens).toBeGreaterThan(128);
		expect(again.tokenIds).toEqual(warm.tokenIds);
	});

	test('it is on disk after the process was killed, once the conversation was idle', async () => {
		await firstTurn(await load());
		await expect.poll(() => readdirSync(states), { timeout: 20_000 }).toHaveLength(1);
		expect(statSync(join(states, readdirSync(states)[0] ?? '')).mode & 0o077).toBe(0);
	});

	test('it stays in memory unless saving was requested', async () => {
		await answerOf(await load(), request(history(story), { keepState: false }));
		await runtime.unload('tiny');
		expect(readdirSync(states)).toEqual([]);
	});

	test.each<[string, () => Promise<Engine>]>([
		['other weights', () => load(2)],
		[
			'other weights in the same file',
			() => {
				writeTinyGguf(tinyModel(1), { seed: 5 });
				return load(1);
			},
		],
		['another cache type', () => load(1, { keyType: 'F32' })],
		['another rotary embedding', () => load(1, { rope: { frequencyScale: 0.5 } })],
	])('it is not used with %s', async (_, other) => {
		const { answer } = await savedFile();
		const result = resultOf(await answerOf(await other(), request(history(story, answer, 'and the ship'))));
		expect(result.cachedTokens).toBe(0);
	});
});

describe('damaged state', () => {
	test('it never reaches llama.cpp: the answer is the same as without it', { timeout: 120_000 }, async () => {
		const { path, answer } = await savedFile();
		const whole = readFileSync(path);
		const random = seededRandom(20);
		const turns = history(story, answer, 'and the ship');
		rmSync(path);
		const engine = await load();
		const right = resultOf(await answerOf(engine, request(turns))).tokenIds;
		for (let round = 0; round < 40; round += 1) {
			const bytes = Buffer.from(whole);
			const at = Math.floor(random() * (round % 2 === 0 ? 400 : bytes.length));
			bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
			writeFileSync(path, round % 5 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
			// Another answer, so that nothing of the conversation is in memory.
			await answerOf(engine, request(history('of all that'), { keepState: false, cacheKey: 'other' }));
			const result = resultOf(await answerOf(engine, request(turns)));
			expect(result.cachedTokens, `round ${round}`).toBeLessThan(20);
			expect(result.tokenIds).toEqual(right);
		}
		expect(crashes).toEqual([]);
	});

	test("a folder, an empty file and another program's file are not states", async () => {
		const path = join(states, 'x.kv');
		expect(await openState(states, 'any')).toBeNull();
		expect(await openState(path, 'any')).toBeNull();
		for (const content of ['', 'GGUF', `ASSAYKV1${'\xff'.repeat(64)}`]) {
			writeFileSync(path, content, 'latin1');
			expect(await openState(path, 'any')).toBeNull();
		}
	});
});

test('the folder stays within its limit by removing the least recently used states', async () => {
	for (const [index, name] of ['old', 'older', 'new'].entries()) {
		writeFileSync(join(states, `${name}.kv`), Buffer.alloc(100));
		const usedAt = [20, 10, 30][index] ?? 0;
		utimesSync(join(states, `${name}.kv`), usedAt, usedAt);
	}
	writeFileSync(join(states, 'notes.txt'), 'mine');
	await deleteOldestStates(states, 250);
	expect(readdirSync(states).sort()).toEqual(['new.kv', 'notes.txt', 'old.kv']);
	await deleteOldestStates(states, 0);
	expect(readdirSync(states)).toEqual(['notes.txt']);
});

test('a conversation that is about to continue is read back early, without replacing others', async () => {
	const engine = await load();
	const text = await firstTurn(engine);
	await runtime.unload('tiny');
	const again = await load();
	const next = request(history(story, text, 'and?'));
	again.prepare({ turns: next.turns, cacheKey: next.cacheKey });
	// A request in the meantime waits for it; the file is no longer needed.
	await answerOf(again, { ...ask('x', { maxTokens: 1 }), cacheKey: 'other', grammar: 'root ::= (' });
	rmSync(states, { recursive: true });
	const prepared = resultOf(await answerOf(again, next));
	expect(prepared.cachedTokens).toBeGreaterThan(100);
	expect(crashes).toEqual([]);
});
