import type {
	LikelihoodItem,
	MeasuredLikelihood,
	MeasuredRow,
	MeasureFacts,
	MeasureOptionsInput,
	MeasurePrompt,
	MeasureRow,
	NativeBeat,
} from '../../contract/native.ts';

export interface MeasurementOptions extends MeasureOptionsInput {
	/** Ends the process while it opens; afterwards each call has a signal of its own. */
	signal?: AbortSignal;
	/** A real Node binary, version 24; the one that runs this process where it is left out. */
	nodeBinary?: string;
	/** The process's entry file; found beside this file where it is left out. */
	entry?: string;
	/** Added to the environment. */
	env?: Readonly<Record<string, string>>;
	/** Once a second: processor time and memory. */
	onBeat?: (beat: NativeBeat) => void;
}

export interface CallControl {
	/** Stops the call, within a decode too; it rejects with the signal's reason, and the session answers the next call. */
	signal?: AbortSignal;
}

export interface GenerateControl extends CallControl {
	/** Rows as they finish; those that finish in the same decode in the order of the rows. */
	onRow?(index: number, row: MeasuredRow): void;
}

/**
 * One model held by a process of its own. Calls are answered one after the other. Every call throws Failure
 * `native-process-died` or `native-stalled` when the process is gone, and `measurement-closed` after `close`.
 */
export interface MeasurementSession {
	readonly facts: MeasureFacts;
	readonly processId: number;
	/**
	 * One shard from an empty cache: rows in input order. What the prompts begin with in common is computed once. The same
	 * rows, options and threads give the same bits. Rows that can't be answered fail alone.
	 */
	generate(rows: readonly MeasureRow[], control?: GenerateControl): Promise<readonly MeasuredRow[]>;
	/** Log-likelihoods as lm-evaluation-harness defines them, from an empty cache; a shared prefix is computed once. */
	likelihood(items: readonly LikelihoodItem[], control?: CallControl): Promise<readonly MeasuredLikelihood[]>;
	/** Tokens of prompts, for estimates. Throws `no-chat-template` and `template-refused`. */
	count(prompts: readonly MeasurePrompt[], control?: CallControl): Promise<readonly number[]>;
	/** Lets the process stand still between two decodes, state kept and bits unchanged, while something else needs the cores. */
	hold(held: boolean): void;
	/** Ends the process and waits until it is gone. */
	close(): Promise<void>;
}
