import { expect } from 'vitest';
import { Failure } from '../../models/contract/failure.ts';

/** Returns the Failure that `run` throws or rejects with; anything else fails the test. */
export async function failureOf(run: () => unknown): Promise<Failure> {
	try {
		await run();
	} catch (error) {
		expect(error).toBeInstanceOf(Failure);
		const failure = error as Failure;
		expect(failure.message).toMatch(/^[A-Z/].*\.$/s);
		expect(failure.next.length).toBeGreaterThan(0);
		return failure;
	}
	throw new Error('Nothing was thrown');
}
