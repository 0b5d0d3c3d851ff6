import type { Sample } from '../../contract/dataset/schema.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';
import type { ScoredAnswer } from '../answer-scorer.ts';
import type { ArmTotals } from '../arm-totals.ts';
import { putResult, putScore, resultsOfShard, type StoredResult } from '../store/results.ts';
import { setShardDone } from '../store/shards.ts';
import type { Unit } from './shard-layout.ts';
import { bytesOf, digestOf, fingerprint, tokenIdsOf, type UnitOutcome } from './unit-outcome.ts';

/** Delay between a row's arrival and its write, so that one transaction takes several, ms. */
const writeEveryMs = 250;

export interface ShardPlace {
	readonly armId: number;
	readonly shard: number;
	readonly units: readonly Unit[];
	readonly samples: readonly Sample[];
	/** Number of samples in the run. */
	readonly total: number;
}

export interface ShardWriterHooks {
	/** Scores an answer that did not fail. */
	score(sample: Sample, outcome: UnitOutcome): Promise<ScoredAnswer>;
	/** Called before rows are written; what it throws discards them. */
	beforeWrite?(): void;
	/** Called within the transaction that wrote rows. */
	onWritten(): void;
	/** Called after the transaction. */
	onRows(): void;
}

/** A row that came out differently. */
export interface Mismatch {
	readonly unit: Unit;
	readonly key: string;
	readonly before: string;
	readonly now: string;
}

export interface ShardWriter {
	add(index: number, outcome: UnitOutcome): void;
	/** Writes the remaining rows and the end of the shard in one transaction. `ms`: the time that it took. */
	finish(ms: number): Promise<{ again: number; mismatches: readonly Mismatch[] }>;
	/** Writes the rows so far and leaves the shard to be measured again. */
	abandon(): Promise<void>;
}

/**
 * Writes the rows of a shard as they arrive. Compares an existing row with the new one: equal rows stay untouched,
 * others are replaced and reported.
 */
export function openShardWriter(
	database: WritableDatabase,
	place: ShardPlace,
	totals: ArmTotals,
	hooks: ShardWriterHooks,
): ShardWriter {
	const { armId, shard, units, samples, total } = place;
	const seen = new Map(
		resultsOfShard(database, armId, shard).map((row) => [`${row.epoch}:${row.position}`, row] as const),
	);
	const fingerprints = new Array<string | undefined>(units.length).fill(undefined);
	const mismatches: Mismatch[] = [];
	let again = 0;
	let waiting: { index: number; outcome: UnitOutcome }[] = [];
	let timer: NodeJS.Timeout | null = null;
	let failure: { readonly error: unknown } | null = null;
	let writing: Promise<void> = Promise.resolve();

	function isSame(before: StoredResult, print: string): boolean {
		return storedFingerprint(before) === print;
	}

	function write(index: number, outcome: UnitOutcome, scores: ReadonlyMap<string, Score>): void {
		const unit = units[index];
		const sample = samples[index];
		if (unit === undefined || sample === undefined) throw new Error(`a shard has no unit ${index}`);
		const detail = JSON.stringify(outcome.detail);
		const print = fingerprint({ ...outcome, detail });
		fingerprints[index] = print;
		const before = seen.get(`${unit.epoch}:${unit.position}`);
		if (before !== undefined && before.status === 'done') {
			if (isSame(before, print)) {
				again += 1;
				return;
			}
			const now = outcome.failure === null ? outcome.output : outcome.failure.message;
			mismatches.push({ unit, key: sample.key, before: before.output, now });
		}
		const { tokenIds, failure: rowFailure, pieces, ...row } = outcome;
		const id = putResult(database, {
			...row,
			armId,
			shard,
			sampleId: sample.id,
			...unit,
			detail,
			failure: rowFailure,
			tokenIds: tokenIds === null ? null : bytesOf(tokenIds),
			pieces,
		});
		for (const [scorer, score] of scores) putScore(database, id, scorer, score);
		totals.put(unit.epoch * total + unit.position, {
			failed: rowFailure !== null,
			ms: outcome.ms,
			promptTokens: outcome.promptTokens,
			completionTokens: outcome.completionTokens,
			scores: new Map([...scores].map(([scorer, { value }]) => [scorer, value])),
		});
	}

	async function flush(last?: () => void): Promise<void> {
		const batch = waiting;
		waiting = [];
		const marked: { index: number; outcome: UnitOutcome; scores: ReadonlyMap<string, Score> }[] = [];
		for (const { index, outcome } of batch) {
			const sample = samples[index];
			if (sample === undefined) throw new Error(`a shard has no unit ${index}`);
			if (outcome.failure === null) {
				const { answer, scores } = await hooks.score(sample, outcome);
				marked.push({ index, outcome: { ...outcome, answer }, scores });
			} else marked.push({ index, outcome, scores: new Map() });
		}
		if (marked.length === 0 && last === undefined) return;
		hooks.beforeWrite?.();
		transaction(database, () => {
			for (const { index, outcome, scores } of marked) write(index, outcome, scores);
			last?.();
			hooks.onWritten();
		});
		hooks.onRows();
	}

	function enqueue(last?: () => void): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		writing = writing
			.then(() => (failure === null ? flush(last) : undefined))
			.catch((error: unknown) => {
				failure ??= { error };
			});
	}

	async function settle(last?: () => void): Promise<void> {
		enqueue(last);
		await writing;
		if (failure !== null) throw failure.error;
	}

	return {
		add(index, outcome) {
			waiting.push({ index, outcome });
			timer ??= setTimeout(enqueue, writeEveryMs);
		},
		async finish(ms) {
			await settle(() => {
				const prints = fingerprints.filter((print) => print !== undefined);
				if (prints.length < units.length) throw new Error(`${units.length - prints.length} rows of a shard never came`);
				setShardDone(database, armId, shard, { ms, digest: digestOf(prints) });
				totals.shardMs += ms;
				totals.shardRows += units.length;
				for (const { position, epoch } of units) totals.shardTokens += totals.completionOf(epoch * total + position);
			});
			return { again, mismatches };
		},
		abandon: () => settle(),
	};
}

/** Fingerprint of a stored answer. */
export function storedFingerprint(row: StoredResult): string {
	const failure = row.failure === null ? null : (JSON.parse(row.failure) as UnitOutcome['failure']);
	return fingerprint({ ...row, failure, tokenIds: tokenIdsOf(row.tokenIds) });
}
