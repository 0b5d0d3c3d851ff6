import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSteps, stepTokens } from '../../../models/native/log-likelihood.ts';
import type { EncodedRequest } from '../../../models/native/log-likelihood-encoding.ts';

/** Creates a request with `shared` common and `own` separate context tokens, and continuations of these lengths. */
function request(shared: number, own: number, ...continuations: number[]): EncodedRequest {
	const context = Int32Array.from({ length: shared + own }, (_, index) =>
		index < shared ? index : own * 1000 + index,
	);
	return { context, continuations: continuations.map((length) => new Int32Array(length)), truncated: 0 };
}

const held = (requests: EncodedRequest[]): number[] => planSteps(requests, 63).map((step) => step.held);

test('each request is a step, in order; one with more continuations than sequences takes several', () => {
	const steps = planSteps([request(0, 20, 3, 3), request(0, 21, 1, 2, 3, 4, 5)], 2);
	expect(steps.map(({ index, offset, continuations }) => [index, offset, continuations.length])).toEqual([
		[0, 0, 2],
		[1, 0, 2],
		[1, 2, 2],
		[1, 4, 1],
	]);
});

test('common prefixes of contexts are held in whole tiles', () => {
	expect(held([request(200, 70, 5), request(200, 71, 5), request(200, 72, 5)])).toEqual([192, 192, 192]);
	expect(held([request(0, 300, 5), request(0, 301, 5)])).toEqual([0, 0]);
	expect(held([request(200, 70, 5)])).toEqual([0]);
});

test('at least one tile and the last token of the context are left to compute', () => {
	// 200 + 10 + 4 tokens: 192 held would leave 22.
	expect(held([request(200, 10, 5), request(200, 11, 5)])).toEqual([128, 128]);
	expect(held([request(40, 10, 5), request(40, 11, 5)])).toEqual([0, 0]);
	const same = request(128, 0, 100);
	expect(held([same, same])).toEqual([64, 64]);
});

test('a step without a common prefix reuses what the previous one held', () => {
	expect(held([request(200, 70, 5), request(200, 71, 5), request(0, 90, 5)])).toEqual([192, 192, 0]);
});

test('a step takes the tokens of its context and of its continuations except their last', () => {
	expect(stepTokens(request(10, 20, 3, 1, 0))).toBe(30 + 2);
});

test('held tokens are whole tiles that leave a tile, for any requests', () => {
	const shapes = fc.array(
		fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 80 })),
		{ minLength: 1, maxLength: 12 },
	);
	fc.assert(
		fc.property(shapes, (some) => {
			const requests = some.map(([shared, own, continuation]) => request(shared, own, continuation));
			for (const step of planSteps(requests, 63)) {
				expect(step.held % 64).toBe(0);
				expect(step.held).toBeLessThan(step.context.length);
				if (step.held > 0) expect(stepTokens(step) - step.held).toBeGreaterThanOrEqual(64);
			}
		}),
	);
});
