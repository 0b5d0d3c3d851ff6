import {
	type LikelihoodItem,
	type MeasuredLikelihood,
	type MeasuredRow,
	type MeasureFacts,
	type MeasureOptionsInput,
	type MeasurePrompt,
	type MeasureRow,
	measureOptionsSchema,
	type NativeHeartbeat,
} from '../../contract/native.ts';
import type { NativeProcessOptions } from '../process.ts';
import { Connection, closedFailure } from './connection.ts';

export interface MeasurementOptions extends MeasureOptionsInput, NativeProcessOptions {
	/** Ends the process while it opens; afterwards each call has a signal of its own. */
	signal?: AbortSignal;
	/** Once a second: processor time and memory. */
	onBeat?: (beat: NativeHeartbeat) => void;
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

function unexpected(type: string): Error {
	return new Error(`the measuring process answered with “${type}”`);
}

/**
 * Starts a process, loads the model in it and waits until it can measure. Throws `native-process-died`,
 * `model-load-failed` and the other Failures of a file, `not-enough-memory`, `context-too-large`, or the signal's reason.
 */
export async function openMeasurement(options: MeasurementOptions): Promise<MeasurementSession> {
	const { signal: opening, onBeat, nodeBinary, entry, env, ...wished } = options;
	opening?.throwIfAborted();
	const parsed = measureOptionsSchema.parse(wished);
	const place = {
		...(nodeBinary === undefined ? {} : { nodeBinary }),
		...(entry === undefined ? {} : { entry }),
		...(env === undefined ? {} : { env }),
	};
	const connection = new Connection(place, onBeat);
	let lastId = 0;
	const nextId = (): number => {
		lastId += 1;
		return lastId;
	};

	let facts: MeasureFacts;
	try {
		const opened = await connection.ask({ type: 'open', options: parsed }, { signal: opening });
		if (opened.type !== 'opened') throw unexpected(opened.type);
		facts = opened.facts;
	} catch (error) {
		connection.kill(error);
		await connection.ended;
		throw error;
	}

	return {
		facts,
		processId: connection.child.pid ?? 0,
		async generate(rows, { signal, onRow } = {}) {
			const answer = await connection.ask(
				{ type: 'generate', id: nextId(), rows: [...rows] },
				{ signal, onRow: (index, row) => onRow?.(index, row) },
			);
			if (answer.type !== 'rows') throw unexpected(answer.type);
			return answer.rows;
		},
		async likelihood(items, { signal } = {}) {
			const answer = await connection.ask({ type: 'likelihood', id: nextId(), items: [...items] }, { signal });
			if (answer.type !== 'likelihoods') throw unexpected(answer.type);
			return answer.items;
		},
		async count(prompts, { signal } = {}) {
			const answer = await connection.ask({ type: 'count', id: nextId(), prompts: [...prompts] }, { signal });
			if (answer.type !== 'counts') throw unexpected(answer.type);
			return answer.counts;
		},
		hold: (held) => connection.hold(held),
		async close() {
			connection.kill(closedFailure());
			await connection.ended;
		},
	};
}
