import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { inspectGguf } from '../../models/inspect/inspect-gguf.ts';
import { mutated } from '../support/mutated-file.ts';
import { tinyGguf } from '../support/tiny-gguf.ts';

const whole = tinyGguf();
/** Keys, tensor table and the first weights. */
const headerBytes = 10_000;
/** Far more than any header needs, ms and bytes. */
const longestMs = 3_000;
const mostBytes = 96 * 1024 * 1024;

/** Inspects `count` mutated model files; returns those that were not explained, or took too much time or memory. */
export async function attackHeaders(folder: string, seed: number, count: number): Promise<readonly string[]> {
	const faults: string[] = [];
	const path = join(folder, 'mutated.gguf');
	for (let number = 0; number < count; number += 1) {
		const mutation = seed * 1_000_000 + number;
		writeFileSync(path, mutated(whole, headerBytes, mutation, number % 3 === 0 ? 'values' : 'any'));
		const begun = performance.now();
		const held = process.memoryUsage().arrayBuffers;
		try {
			await inspectGguf(path);
		} catch (error) {
			if (!(error instanceof Failure))
				faults.push(`mutation ${mutation}: ${error instanceof Error ? error.stack : String(error)}`);
			else if (error.next.length === 0) faults.push(`mutation ${mutation}: no next step: ${error.message}`);
		}
		const ms = performance.now() - begun;
		const more = process.memoryUsage().arrayBuffers - held;
		if (ms > longestMs) faults.push(`mutation ${mutation}: took ${Math.round(ms)} ms`);
		if (more > mostBytes) faults.push(`mutation ${mutation}: took ${Math.round(more / 1e6)} MB`);
	}
	return faults;
}
