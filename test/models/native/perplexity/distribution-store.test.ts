import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
	type StoreIdentity,
	StoreReader,
	StoreWriter,
} from '../../../../models/native/perplexity/distribution-store.ts';
import {
	emptyRow,
	estimateDivergence,
	type KeptRow,
	Selector,
} from '../../../../models/native/perplexity/kept-distribution.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const vocabulary = 2000;
const shape = { kept: 20, sampled: 8 };

function logSumOf(logits: Float32Array): number {
	const max = Math.max(...logits);
	return max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
}

/** Returns logits that fall by rank, like a language model's, in shuffled order. */
function distribution(noise: number): Float32Array {
	return Float32Array.from({ length: vocabulary }, (_, token) => {
		const rank = (token * 733) % vocabulary;
		return -1.1 * Math.log(1 + rank) + noise * Math.sin(token * 1.7);
	});
}

function keep(logits: Float32Array, seed: number): KeptRow {
	const row = emptyRow(shape);
	const max = Math.max(...logits);
	row.logSum = logSumOf(logits);
	new Selector(shape).select(
		logits,
		logits.map((logit) => Math.exp(logit - max)),
		seed,
		row,
	);
	return row;
}

test('the most likely tokens are kept, in order, and the others are sampled by probability', () => {
	const logits = distribution(0.3);
	const row = keep(logits, 1);
	const order = Array.from(logits.keys()).toSorted((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
	expect([...row.ids.subarray(0, shape.kept)]).toEqual(order.slice(0, shape.kept));
	expect(row.drawn).toBe(shape.sampled);
	const top = new Set(order.slice(0, shape.kept));
	for (const [index, id] of row.ids.entries()) {
		expect(row.logits[index]).toBe(logits[id]);
		expect(top.has(id)).toBe(index < shape.kept);
	}
	expect(keep(logits, 1)).toEqual(row);
	expect(keep(logits, 2).ids).not.toEqual(row.ids);
});

test('averaged over many rows, the estimate equals the divergence, and it is 0 for equal distributions', () => {
	const [base, tested] = [distribution(0), distribution(0.8)];
	const [logSum, testedSum] = [logSumOf(base), logSumOf(tested)];
	const exact = base.reduce((sum, logit, token) => {
		const log = logit - logSum;
		return sum + Math.exp(log) * (log - ((tested[token] ?? 0) - testedSum));
	}, 0);
	const estimates = Array.from({ length: 400 }, (_, seed) =>
		estimateDivergence(keep(base, seed), shape, { logits: tested, logSum: testedSum }),
	);
	const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
	expect(Math.abs(mean / exact - 1)).toBeLessThan(0.01);
	expect(Math.min(...estimates)).toBeGreaterThan(0);
	expect(estimateDivergence(keep(base, 3), shape, { logits: base, logSum })).toBe(0);
});

test('nothing is sampled if the kept tokens have all of the probability', () => {
	const logits = new Float32Array(vocabulary).fill(Number.NEGATIVE_INFINITY);
	logits[7] = 2;
	logits[9] = 1;
	const row = keep(logits, 1);
	expect([row.drawn, row.ids[0], row.ids[1]]).toEqual([0, 7, 9]);
	const tested = new Float32Array(vocabulary);
	const divergence = estimateDivergence(row, shape, { logits: tested, logSum: logSumOf(tested) });
	const p = 1 / (1 + Math.exp(-1));
	expect(divergence).toBeCloseTo(p * Math.log(p) + (1 - p) * Math.log(1 - p) + Math.log(vocabulary), 6);
});

const identity: StoreIdentity = {
	reference: { path: '/models/a.gguf', sizeBytes: 7, modifiedMs: 1.5 },
	textSha256: 'ab',
	contextSize: 64,
	chunks: 1,
	scored: 3,
	vocabulary,
	shape,
	engine: 'llama.cpp',
	systemInfo: 'AVX2',
	threads: 1,
};
const facts = {
	path: '/models/a.gguf',
	architecture: 'llama',
	description: '',
	parameters: 1,
	sizeBytes: 7,
	layers: 2,
	embeddingLength: 8,
	heads: 1,
	kvHeads: 1,
	trainedContextLength: 64,
	vocabularySize: vocabulary,
};

async function written(): Promise<{ path: string; rows: KeptRow[] }> {
	const path = join(temporaryFolder(), 'store');
	const writer = await StoreWriter.create(path, { identity, facts });
	const rows = [1, 2, 3].map((seed) => ({ ...keep(distribution(seed / 5), seed), negativeLog: seed, top: seed }));
	for (const row of rows) writer.add(row);
	await writer.finish();
	await writer.close();
	return { path, rows };
}

test('a file returns what was written, from any row on', async () => {
	const { path, rows } = await written();
	const store = await StoreReader.open(path, identity);
	expect(store?.facts).toEqual(facts);
	const read = Array.from((await store?.rows(1, 2)) ?? [], (row) => structuredClone(row));
	expect(read).toEqual(rows.slice(1));
	await store?.close();
});

test.each<[string, (bytes: Buffer) => Buffer | StoreIdentity]>([
	['cut short', (bytes) => bytes.subarray(0, bytes.length - 40)],
	['with extra bytes', (bytes) => Buffer.concat([bytes, Buffer.alloc(8)])],
	[
		'with a flipped bit',
		(bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 100 ? byte ^ 4 : byte))),
	],
	['empty', () => Buffer.alloc(0)],
	['with an endless header', () => Buffer.from('ASSAYKL1\xff\xff\xff\xff', 'latin1')],
	['for another text', () => ({ ...identity, textSha256: 'cd' })],
	[
		'for a reference file that has changed',
		() => ({ ...identity, reference: { ...identity.reference, modifiedMs: 2 } }),
	],
	['for another thread count, which rounds differently', () => ({ ...identity, threads: 2 })],
])('a file %s is never used, and removed', async (_, damage) => {
	const { path } = await written();
	const result = damage(readFileSync(path));
	if (Buffer.isBuffer(result)) writeFileSync(path, result);
	expect(await StoreReader.open(path, Buffer.isBuffer(result) ? identity : result)).toBe(null);
	expect(existsSync(path)).toBe(false);
});
