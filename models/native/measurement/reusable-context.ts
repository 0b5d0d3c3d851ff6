import { NativeContext } from '../context.ts';
import type { NativeModel } from '../model.ts';

/** A context with the reusable part of the previous shard: the tokens that sequence 0 holds. */
export type KeptContext = { readonly context: NativeContext; prefix: readonly number[] };

export type ContextNeeds = {
	/** Over all sequences. */
	cells: number;
	sequences: number;
	batchSize: number;
	/** Each sequence has cells of its own; default: all share them. */
	ownCells?: boolean;
};

/**
 * The context of the last shard, for a next one of the same size. It is kept only if the work succeeded; otherwise the
 * next shard gets a new one.
 */
export class ReusableContext {
	readonly #model: NativeModel;
	readonly #threads: number;
	#kept: { one: KeptContext; key: string } | null = null;

	constructor(model: NativeModel, threads: number) {
		this.#model = model;
		this.#threads = threads;
	}

	/** Runs `work` with a context that is empty except for sequence 0. */
	async lend(needs: ContextNeeds, work: (kept: KeptContext) => Promise<void>): Promise<void> {
		const { cells, sequences, batchSize, ownCells = false } = needs;
		const key = `${cells} ${sequences} ${batchSize} ${ownCells}`;
		const last = this.#kept;
		this.#kept = null;
		const same = last !== null && last.key === key;
		if (last !== null && !same) last.one.context.free();
		const one = same ? last.one : { context: this.#create(needs), prefix: [] };
		try {
			for (let sequence = 1; sequence < sequences; sequence += 1) one.context.removeFrom(sequence, 0);
			await work(one);
			this.#kept = { one, key };
		} catch (error) {
			// The cache is in an unknown state after a failed or stopped decode.
			one.context.free();
			throw error;
		}
	}

	#create({ cells, sequences, batchSize, ownCells = false }: ContextNeeds): NativeContext {
		return new NativeContext(this.#model, {
			contextSize: Math.max(cells, batchSize),
			batchSize,
			microBatchSize: batchSize,
			threads: this.#threads,
			sequences,
			ownCells,
		});
	}
}
