import { expect, test } from 'vitest';
import type { EncodedRequest } from '../../../../models/native/likelihood/encode.ts';
import { cellsNeeded, packRequests } from '../../../../models/native/likelihood/pack.ts';

function request(shared: number, own: number, ...continuations: number[]): EncodedRequest {
	const context = Int32Array.from({ length: shared + own }, (_, index) =>
		index < shared ? index : own * 1000 + index,
	);
	return { context, continuations: continuations.map((length) => new Int32Array(length)), truncated: 0 };
}

const limits = { tokens: 100, sequences: 6 };

test('requests fill decodes in their order, within tokens and sequences', () => {
	const packs = packRequests(
		[request(0, 20, 3, 3), request(0, 21, 3, 3), request(0, 22, 3, 3), request(0, 23, 1)],
		limits,
	);
	expect(packs.map(({ items, tokens }) => [items.map(({ index }) => index), tokens])).toEqual([
		[[0, 1, 2], 20 + 4 + 21 + 4 + 22 + 4],
		[[3], 23],
	]);
	expect(packs.every(({ prefix }) => prefix.length === 0)).toBe(true);
});

test('a shared prefix is taken out once, and makes room for more requests', () => {
	const packs = packRequests([request(60, 10, 2), request(60, 11, 2), request(60, 12, 2), request(60, 13, 2)], limits);
	expect(packs.map(({ prefix, items, tokens }) => [prefix.length, items.length, tokens])).toEqual([
		[60, 4, 10 + 11 + 12 + 13 + 4],
	]);
});

test('a short prefix is not worth a decode of its own', () => {
	const [pack] = packRequests([request(10, 10, 2), request(10, 11, 2)], limits);
	expect([pack?.prefix.length, pack?.tokens]).toEqual([0, 20 + 21 + 2]);
});

test('the last token of a context is never part of the prefix', () => {
	const same = request(50, 0, 2);
	const [pack] = packRequests([same, same], limits);
	expect([pack?.prefix.length, pack?.tokens]).toEqual([49, 2 + 2]);
});

test('a request too long for a decode stands alone on its own context', () => {
	const packs = packRequests([request(0, 300, 4, 5), request(0, 20, 2)], limits);
	expect(packs.map(({ prefix, items, tokens }) => [prefix.length, items.length, tokens])).toEqual([
		[299, 1, 1 + 3 + 4],
		[0, 1, 21],
	]);
	expect(cellsNeeded(packs)).toBe(299 + 21);
});

test('a prefix that is there already is used by a request that stands alone', () => {
	const packs = packRequests([request(60, 10, 1, 1, 1), request(60, 11, 1, 1, 1), request(60, 12, 1, 1, 1)], limits);
	expect(packs.map(({ prefix, items }) => [prefix.length, items.length])).toEqual([
		[60, 2],
		[60, 1],
	]);
});

test('more continuations than sequences are split, and none is lost', () => {
	const packs = packRequests([request(0, 5, ...Array.from({ length: 15 }, () => 1))], limits);
	expect(
		packs.map(({ items }) => items.map(({ index, offset, continuations }) => [index, offset, continuations.length])),
	).toEqual([[[0, 0, 6]], [[0, 6, 6]], [[0, 12, 3]]]);
});
