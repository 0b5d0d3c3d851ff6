import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyCores } from './conditions.ts';
import { type EngineAlone, startEngineAlone } from './engine-alone.ts';
import type { BenchContext } from './measurement.ts';
import { type Product, startProduct } from './product.ts';

/** A machine with less other work than this counts as idle, in cores. */
const restCores = 0.15;

/** Duration of one look at the processor, and the longest total wait of a measurement for an idle machine, ms. */
const lookMs = 150;
const patienceMs = 90_000;

export interface OpenContext extends BenchContext {
	/** Starts the next measurement with a fresh waiting budget. */
	next(): void;
	/** Samples of this measurement that began while other programs were busy. */
	readonly disturbed: number;
	close(): Promise<void>;
}

/** Opens the context of a bench. `close` ends every process and removes every file that the measurements made. */
export function openContext(options: {
	modelPath: string;
	quick: boolean;
	llamaServer: string | null;
	llamaBench: string | null;
	llamaPerplexity: string | null;
}): OpenContext {
	const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
	let alone: Promise<EngineAlone> | null = null;
	let product: Promise<Product> | null = null;
	let otherProduct: Promise<Product> | null = null;
	let products = 0;
	let patience = 0;
	let disturbed = 0;

	async function release(): Promise<void> {
		const started = await Promise.allSettled([alone, product, otherProduct]);
		alone = null;
		product = null;
		otherProduct = null;
		for (const each of started) if (each.status === 'fulfilled') await each.value?.stop();
	}

	async function settle(ownCores = 0): Promise<void> {
		for (;;) {
			if ((await busyCores(lookMs)) < ownCores + restCores) return;
			patience -= lookMs;
			if (patience < 0) break;
		}
		disturbed += 1;
	}

	async function startFreshProduct(engine: 'auto' | 'node-llama-cpp' = 'auto'): Promise<Product> {
		// Thread counts are measured at load. Each product gets a new data folder: stored counts would skip that
		// measurement.
		await settle();
		return await startProduct(options.modelPath, join(folder, `data-${products++}`), engine);
	}

	return {
		...options,
		folder,
		cores: availableParallelism(),
		note: (line) => void process.stderr.write(`${line}\n`),
		settle,
		next() {
			patience = options.quick ? 0 : patienceMs;
			disturbed = 0;
		},
		get disturbed() {
			return disturbed;
		},
		alone: () => {
			alone ??= startEngineAlone(options.modelPath);
			return alone;
		},
		product: () => {
			product ??= startFreshProduct();
			return product;
		},
		otherProduct: () => {
			otherProduct ??= startFreshProduct('node-llama-cpp');
			return otherProduct;
		},
		release,
		async close() {
			await release();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
