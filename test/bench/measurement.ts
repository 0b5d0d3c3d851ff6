import type { EngineAlone } from './engine-alone.ts';
import type { Product } from './product.ts';

/** What a measurement must reach. `ratio` is value / baseline of the same run. */
export type Target =
	| { of: 'value' | 'ratio'; relation: 'at-least'; limit: number }
	| { of: 'value' | 'ratio'; relation: 'at-most'; limit: number };

/** What one measurement found. Samples are in the order they were taken, one baseline beside each value. */
export interface Outcome {
	readonly values: readonly number[];
	/** Empty where there is nothing to compare with. */
	readonly baselines: readonly number[];
	/** How the samples become one number; `median` unless told. */
	readonly summary?: 'median' | 'p95' | 'p99' | 'max';
	/** What a reader needs to judge or repeat the number: threads, token counts, parts of the time. */
	readonly details?: Readonly<Record<string, number | string>>;
}

/** One measurement of `npm run bench`. New ones go into measurements.ts. */
export interface Measurement {
	readonly name: string;
	/** One line for the table of `--list`: what is measured, against what. */
	readonly about: string;
	readonly unit: string;
	readonly target: Target | null;
	/** Taken only where `--llama-server`, `--llama-bench` or `--llama-perplexity` names the program to compare with. */
	readonly needs?: 'llamaServer' | 'llamaBench' | 'llamaPerplexity';
	run(context: BenchContext): Promise<Outcome>;
}

/** What a measurement works with. Engines and hosts start when first asked for and are shared until the bench ends. */
export interface BenchContext {
	readonly modelPath: string;
	/** Fewer repetitions: shows that a measurement works, not how fast the product is. */
	readonly quick: boolean;
	/** Empty at the start, removed at the end. */
	readonly folder: string;
	readonly cores: number;
	/** A llama-server to compare with. */
	readonly llamaServer: string | null;
	/** A llama-bench to compare with. */
	readonly llamaBench: string | null;
	/** A llama-perplexity to compare with. */
	readonly llamaPerplexity: string | null;
	note(line: string): void;
	/**
	 * Waits until other programs leave the processor alone, for a while: called before each sample. `busyCores` is what the
	 * measurement itself keeps busy.
	 */
	settle(busyCores?: number): Promise<void>;
	/** node-llama-cpp in a process of its own, with nothing of the product around it. */
	alone(): Promise<EngineAlone>;
	/** The browser host in its own process with the model loaded, and a WebSocket client on it. */
	product(): Promise<Product>;
	/** Ends what `alone` and `product` started, so that the next call starts afresh. */
	release(): Promise<void>;
}
