import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../../models/contract/failure.ts';
import { readGgufFacts } from '../../../models/gguf/read-gguf.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';

const whole = tinyGguf();
/** Keys, tensor table and the first weights. */
const headerBytes = 10_000;

const mutation = fc.oneof(
	fc.record({ at: fc.nat(headerBytes), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
	fc.record({ at: fc.nat(headerBytes), bytes: fc.constant(new Uint8Array(8).fill(255)) }),
	fc.record({ at: fc.nat(headerBytes), bytes: fc.constant(new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0])) }),
);

test('a mutated file gives facts or a Failure, within half a second and 64 MB', async () => {
	const path = join(temporaryFolder(), 'mutated.gguf');
	let accepted = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.array(mutation, { minLength: 1, maxLength: 4 }),
			fc.option(fc.nat(whole.length), { freq: 4 }),
			async (mutations, cut) => {
				const bytes = Buffer.from(whole);
				for (const { at, bytes: change } of mutations) bytes.set(change, at);
				writeFileSync(path, cut === null ? bytes : bytes.subarray(0, cut));
				const started = performance.now();
				const external = process.memoryUsage().arrayBuffers;
				try {
					await readGgufFacts(path);
					accepted += 1;
				} catch (error) {
					if (!(error instanceof Failure)) throw error;
					expect(error.message).not.toBe('');
					expect(error.code).not.toBe('internal');
				}
				expect(performance.now() - started).toBeLessThan(500);
				expect(process.memoryUsage().arrayBuffers - external).toBeLessThan(64 * 1024 * 1024);
			},
		),
		{ numRuns: 1500, seed: 20_261_124 },
	);
	expect(accepted).toBeGreaterThan(0);
}, 60_000);
