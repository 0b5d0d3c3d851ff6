import type { EngineAlone } from './engine-alone.ts';
import type { Product } from './product.ts';

/** What a measurement must reach. `ratio` is value / baseline in the same run. */
export type Target =
	| { of: 'value' | 'ratio'; relation: 'at-least'; limit: number }
	| { of: 'value' | 'ratio'; relation: 'at-most'; limit: number };

/** Result of one measurement. Samples are in the order they were taken, with one baseline per value. */
export interface Outcome {
	readonly values: readonly number[];
	/** Empty if there is nothing to compare with. */
	readonly baselines: readonly number[];
	/** How the samples become one number; `median` by default. */
	readonly summary?: 'median' | 'p95' | 'p99' | 'max';
	/** What a reader needs to judge or repeat the number: threads, token counts, parts of the time. */
	readonly details?: Readonly<Record<string, number | string>>;
}

/** One measurement of `npm run bench`. List new ones in measurements.ts. */
export interface Measurement {
	readonly name: string;
	/** One line for the table of `--list`: what is measured, and against what. */
	readonly about: string;
	readonly unit: string;
	readonly target: Target | null;
	/** Taken only if the program to compare with is there: built by scripts/reference-programs.ts, or named. */
	readonly needs?: 'llamaServer' | 'llamaBench' | 'llamaPerplexity';
	run(context: BenchContext): Promise<Outcome>;
}

/** Tools for a measurement. Engines and hosts start on first use and are shared until the bench ends. */
export interface BenchContext {
	readonly modelPath: string;
	/** Fewer repetitions: shows that a measurement works, not how fast the product is. */
	readonly quick: boolean;
	/** Empty at the start, removed at the end. */
	readonly folder: string;
	readonly cores: number;
	/** Path of a llama-server to compare with. */
	readonly llamaServer: string | null;
	/** Path of a llama-bench to compare with. */
	readonly llamaBench: string | null;
	/** Path of a llama-perplexity to compare with. */
	readonly llamaPerplexity: string | null;
	note(line: string): void;
	/**
	 * Waits, within limits, until other programs leave the processor idle; called before each sample. `busyCores` is
	 * the number of cores that the measurement itself keeps busy.
	 */
	settle(busyCores?: number): Promise<void>;
	/** Starts node-llama-cpp in a process of its own, with nothing of the product around it. */
	alone(): Promise<EngineAlone>;
	/** Starts the browser host in its own process with the model loaded, and connects a WebSocket client to it. */
	product(): Promise<Product>;
	/** The same with node-llama-cpp in place of llama.cpp's C API. */
	otherProduct(): Promise<Product>;
	/** Ends the processes of `alone`, `product` and `otherProduct`, so that the next call starts them again. */
	release(): Promise<void>;
}
