import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineAlone, startEngineAlone } from './engine-alone.ts';
import type { BenchContext } from './measurement.ts';
import { type Product, startProduct } from './product.ts';

/** `close` ends every process and removes every file that the measurements made. */
export function openContext(options: { modelPath: string; quick: boolean }): BenchContext & { close(): Promise<void> } {
	const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
	let alone: Promise<EngineAlone> | null = null;
	let product: Promise<Product> | null = null;
	let products = 0;

	async function release(): Promise<void> {
		const started = await Promise.allSettled([alone, product]);
		alone = null;
		product = null;
		for (const each of started) if (each.status === 'fulfilled') await each.value?.stop();
	}

	return {
		...options,
		folder,
		cores: availableParallelism(),
		note: (line) => void process.stderr.write(`${line}\n`),
		alone: () => {
			alone ??= startEngineAlone(options.modelPath);
			return alone;
		},
		product: () => {
			// A data folder of its own each time: thread counts kept from the run before would hide how they are found.
			product ??= startProduct(options.modelPath, join(folder, `data-${products++}`));
			return product;
		},
		release,
		async close() {
			await release();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
