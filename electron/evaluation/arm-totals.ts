import type { Reader } from '../database/reader.ts';

/** The figures of one answer that count towards totals. */
export interface AnswerTotals {
	readonly failed: boolean;
	readonly ms: number | null;
	readonly promptTokens: number;
	readonly completionTokens: number;
	/** By scorer; null: could not be scored. A scorer that has not scored it yet is missing. */
	readonly scores: ReadonlyMap<string, number | null>;
}

/** Not scored yet; an unscored answer is NaN. */
const missing = Number.NEGATIVE_INFINITY;

/**
 * The numbers of an arm while it is measured, 8 bytes per answer and scorer, so that metrics can be updated every
 * second without reading the answers again.
 */
export class ArmTotals {
	readonly scorers: readonly string[];
	readonly units: number;
	done = 0;
	errors = 0;
	promptTokens = 0;
	completionTokens = 0;
	/** Total of completed shards, ms. */
	shardMs = 0;
	/** Tokens of those shards. */
	shardTokens = 0;
	/** Rows of those shards. */
	shardRows = 0;
	readonly #values: ReadonlyMap<string, Float64Array>;
	/** Milliseconds of each answer; NaN: failed, or not timed. */
	readonly #ms: Float64Array;
	/** 0: missing; 1: present; 2: failed. */
	readonly #state: Uint8Array;
	readonly #prompt: Int32Array;
	readonly #completion: Int32Array;

	constructor(scorers: readonly string[], units: number) {
		this.scorers = scorers;
		this.units = units;
		this.#values = new Map(scorers.map((scorer) => [scorer, new Float64Array(units).fill(missing)]));
		this.#ms = new Float64Array(units).fill(Number.NaN);
		this.#state = new Uint8Array(units);
		this.#prompt = new Int32Array(units);
		this.#completion = new Int32Array(units);
	}

	/** Records an answer, possibly replacing an earlier one. `unit` = epoch × samples + position. */
	put(unit: number, { failed, ms, promptTokens, completionTokens, scores }: AnswerTotals): void {
		const before = this.#state[unit];
		if (before === 0) this.done += 1;
		if (before === 2) this.errors -= 1;
		if (failed) this.errors += 1;
		this.promptTokens += promptTokens - (this.#prompt[unit] ?? 0);
		this.completionTokens += completionTokens - (this.#completion[unit] ?? 0);
		this.#prompt[unit] = promptTokens;
		this.#completion[unit] = completionTokens;
		this.#state[unit] = failed ? 2 : 1;
		this.#ms[unit] = failed ? Number.NaN : (ms ?? Number.NaN);
		for (const [scorer, values] of this.#values) {
			// A failed answer has no score, but counts as one that could not be scored.
			const value = failed ? null : scores.get(scorer);
			values[unit] = value === undefined ? missing : (value ?? Number.NaN);
		}
	}

	/** Records a score that came after the answer. */
	setScore(unit: number, scorer: string, value: number | null): void {
		const values = this.#values.get(scorer);
		if (values !== undefined) values[unit] = value ?? Number.NaN;
	}

	has(unit: number): boolean {
		return this.#state[unit] !== 0;
	}

	completionOf(unit: number): number {
		return this.#completion[unit] ?? 0;
	}

	/** Milliseconds of the existing answers, in no particular order. */
	times(): Float64Array {
		return this.#ms.filter((ms) => !Number.isNaN(ms));
	}

	/** By unit: a value, null if it could not be scored, undefined if there is no answer yet. */
	values(scorer: string): readonly (number | null | undefined)[] {
		return Array.from(this.#values.get(scorer) ?? [], (value) =>
			value === missing ? undefined : Number.isNaN(value) ? null : value,
		);
	}
}

/** Loads the totals of an arm on the reader's thread. `marked`: only rows of shards that are no longer waiting. */
export async function loadArmTotals(
	reader: Pick<Reader, 'all'>,
	armId: number,
	{ scorers, samples, epochs }: { scorers: readonly string[]; samples: number; epochs: number },
	marked = false,
): Promise<ArmTotals> {
	const totals = new ArmTotals(scorers, samples * epochs);
	const rows = await reader.all<{
		unit: number;
		failed: number;
		ms: number | null;
		promptTokens: number;
		completionTokens: number;
	}>(
		`SELECT epoch * :samples + position AS unit, status = 'failed' AS failed, ms, prompt_tokens AS promptTokens,
		 completion_tokens AS completionTokens FROM eval_results r WHERE arm_id = :armId AND (NOT :marked OR EXISTS (
		   SELECT 1 FROM eval_shards WHERE arm_id = :armId AND position = r.shard AND status <> 'waiting'))`,
		{ armId, samples, marked: marked ? 1 : 0 },
	);
	for (const { unit, failed, ...row } of rows) totals.put(unit, { ...row, failed: failed === 1, scores: new Map() });
	const scores = await reader.all<{ unit: number; scorer: string; value: number | null }>(
		`SELECT r.epoch * :samples + r.position AS unit, s.scorer, s.value FROM eval_results r
		 JOIN scores s ON s.result_id = r.id WHERE r.arm_id = :armId AND r.status = 'done'`,
		{ armId, samples },
	);
	for (const { unit, scorer, value } of scores) totals.setScore(unit, scorer, value);
	const [shards] = await reader.all<{ ms: number | null; tokens: number | null; rows: number }>(
		`SELECT SUM(ms) AS ms, SUM(tokens) AS tokens, SUM(rows) AS rows FROM (
		   SELECT s.ms, SUM(r.completion_tokens) AS tokens, COUNT(*) AS rows FROM eval_shards s
		   JOIN eval_results r ON r.arm_id = s.arm_id AND r.shard = s.position
		   WHERE s.arm_id = :armId AND s.status = 'done' AND s.ms IS NOT NULL GROUP BY s.position)`,
		{ armId },
	);
	totals.shardMs = shards?.ms ?? 0;
	totals.shardTokens = shards?.tokens ?? 0;
	totals.shardRows = shards?.rows ?? 0;
	return totals;
}
