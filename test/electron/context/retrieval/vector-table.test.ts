import { describe, expect, test } from 'vitest';
import { packVector } from '../../../../electron/context/retrieval/packed-vector.ts';
import { vectorKernelBytes } from '../../../../electron/context/retrieval/vector-kernel-bytes.ts';
import { VectorTable } from '../../../../electron/context/retrieval/vector-table.ts';
import { normalised } from '../../../../models/vectors.ts';
import { assembleKernel } from '../../../../scripts/assemble-kernel.ts';

function randomVectors(count: number, dimensions: number): Float32Array[] {
	let state = 1;
	const random = (): number => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32 - 0.5;
	};
	return Array.from({ length: count }, () => normalised(Float32Array.from({ length: dimensions }, random)));
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

describe('the vectors in memory', () => {
	test('the kernel is the assembled source', async () => {
		expect(await assembleKernel('electron/context/retrieval/vector-kernel.wat')).toBe(vectorKernelBytes);
	});

	test.each([384, 17, 1_024])(
		'finds the nearest of 20,000 vectors of %i dimensions as a plain loop does',
		(dimensions) => {
			const vectors = randomVectors(dimensions > 500 ? 2_000 : 20_000, dimensions);
			const table = new VectorTable(dimensions);
			for (const [index, vector] of vectors.entries()) table.set(index + 1, 1, packVector(vector));
			const [query] = randomVectors(1, dimensions).map((vector) =>
				normalised(vector.map((value, at) => value + 2 * vectors[7]![at]!)),
			);
			const exact = vectors
				.map((vector, index) => ({ chunkId: index + 1, cosine: dot(vector, query!) }))
				.toSorted((a, b) => b.cosine - a.cosine);
			const found = table.nearest(query!, 10, null);
			expect(found[0]?.chunkId).toBe(exact[0]!.chunkId);
			const cosines = new Map(exact.map(({ chunkId, cosine }) => [chunkId, cosine]));
			for (const { chunkId, cosine } of found) expect(Math.abs(cosine - cosines.get(chunkId)!)).toBeLessThan(0.005);
			// Rounding to 8 bits may swap neighbours whose cosines are this close, and no others.
			for (const [rank, { cosine }] of found.entries()) expect(cosine).toBeGreaterThan(exact[rank]!.cosine - 0.005);
		},
	);

	test('keeps rows apart when some are deleted, replaced and added', () => {
		const vectors = randomVectors(50, 32);
		const table = new VectorTable(32);
		for (const [index, vector] of vectors.entries()) table.set(index, index % 3, packVector(vector));
		for (let id = 0; id < 50; id += 2) table.delete(id);
		table.delete(999);
		table.set(101, 5, packVector(vectors[0]!));
		table.set(1, 1, packVector(vectors[2]!));
		expect(table.count).toBe(26);
		expect(table.nearest(vectors[0]!, 1, null)).toMatchObject([{ chunkId: 101, documentId: 5 }]);
		expect(table.nearest(vectors[2]!, 1, null)).toMatchObject([{ chunkId: 1 }]);
		for (let id = 3; id < 50; id += 2) expect(table.nearest(vectors[id]!, 1, null)).toMatchObject([{ chunkId: id }]);
		expect(table.nearest(vectors[3]!, 100, (documentId) => documentId === 5)).toHaveLength(1);
	});

	test('leaves out vectors of other dimensions', () => {
		const table = new VectorTable(32);
		table.set(1, 1, new Uint8Array(12));
		expect(table.count).toBe(0);
		expect(table.nearest(new Float32Array(8), 5, null)).toEqual([]);
	});
});
