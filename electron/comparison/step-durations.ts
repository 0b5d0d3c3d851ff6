import { statSync } from 'node:fs';
import type { ReadableDatabase } from '../database/database.ts';
import { all } from '../database/sql.ts';
import { medianHigh } from '../statistics/median.ts';
import { readKey, type Step } from './steps.ts';

/** Time to read a token, as a share of the time to generate one. */
export const readShare = 0.3;

/** Milliseconds per generated token and byte of weights if nothing was measured: a laptop with two cores. */
export const usualMsPerByte = 1.6e-7;

/** The factors that decide how long a step takes. */
export interface StepExtents {
	/** Bytes of each file, by candidate; a guess for a file that is not quantised yet. */
	readonly sizes: ReadonlyMap<number, number>;
	readonly referenceBytes: number;
	/** Tokens of each text, by position. */
	readonly textTokens: ReadonlyMap<number, number>;
	/** Tokens of the text that an importance matrix is computed from. */
	readonly matrixTokens: number;
	readonly promptTokens: number;
	readonly generatedTokens: number;
	readonly depths: readonly number[];
	readonly prompts: number;
	readonly samples: number;
	readonly toolTasks: number;
	/** Work of the chat latency for each file, in generated tokens. */
	readonly chatLatencyTokens: number;
	/** The current extent of texts and samples, by kind of step. */
	readonly extents: Readonly<Record<string, number>>;
}

/** Tokens of an answer shown side by side: most end before the limit. */
const usualAnswer = 100;

/** The work of a step, in a unit that depends on its kind: bytes read for a token, or a byte written. */
export function workOf(step: Step, of: StepExtents): number {
	const size = of.sizes.get(step.candidateId) ?? of.referenceBytes;
	switch (step.kind) {
		case 'imatrix':
			return of.matrixTokens * of.referenceBytes;
		case 'produce':
			return of.referenceBytes;
		case 'quality': {
			const tokens = of.textTokens.get(step.text) ?? 0;
			const referenceBytes = size === of.referenceBytes ? 0 : of.referenceBytes;
			return tokens * (size + referenceBytes);
		}
		case 'answers':
			return of.prompts * usualAnswer * size;
		case 'task':
			return of.samples * [...of.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
		case 'tools':
			return of.toolTasks * [...of.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
		case 'speed':
			return (
				size * of.depths.reduce((sum, depth) => sum + readShare * (of.promptTokens + 2 * depth) + of.generatedTokens, 0)
			);
		case 'felt':
			return of.chatLatencyTokens * size;
	}
}

/** Average characters per token of running text. */
const bytesPerToken = 4;

/** Tokens of a text file, from its size; 0 if the file does not exist. */
export function tokensOf(path: string, chunks: number | null, contextSize: number): number {
	const most = chunks === null ? Number.POSITIVE_INFINITY : chunks * contextSize;
	return Math.min(most, (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / bytesPerToken);
}

/** Milliseconds per unit of work of each kind, in comparisons on this computer; a missing kind was never measured. */
export type StepRates = ReadonlyMap<string, number>;

/** Number of earlier measurements of a kind that predict the next one. */
const recentSteps = 60;

/**
 * Learns the rates from earlier steps on this computer. `extentsOf` reads the factors that the steps of a comparison
 * depend on; `comparisonId` learns from that comparison alone.
 */
export function learnStepRates(
	database: ReadableDatabase,
	extentsOf: (comparisonId: number) => StepExtents,
	comparisonId?: number,
): StepRates {
	const rows = all<{ comparisonId: number; candidateId: number; step: string; elapsedMs: number }>(
		database,
		`SELECT c.comparison_id AS comparisonId, m.candidate_id AS candidateId, m.step, m.elapsed_ms AS elapsedMs
		 FROM measurements m JOIN comparison_candidates c ON c.id = m.candidate_id
		 WHERE :comparisonId IS NULL OR c.comparison_id = :comparisonId
		 ORDER BY m.measured_at DESC LIMIT 400`,
		{ comparisonId: comparisonId ?? null },
	);
	const extents = new Map<number, StepExtents>();
	const rates = new Map<string, number[]>();
	for (const { comparisonId, candidateId, step, elapsedMs } of rows) {
		const of = extents.get(comparisonId) ?? extentsOf(comparisonId);
		extents.set(comparisonId, of);
		const { kind, place, extent } = readKey(step);
		// The earlier extent is unknown once texts or samples were added.
		if (extent !== (of.extents[kind] ?? 0)) continue;
		const work = workOf({ kind, candidateId, text: place, round: place, extent } as Step, of);
		const known = rates.get(kind) ?? [];
		if (work > 0 && known.length < recentSteps) rates.set(kind, [...known, elapsedMs / work]);
	}
	return new Map([...rates].map(([kind, values]) => [kind, medianHigh(values)]));
}

/** If nothing was measured yet: roughly a laptop with two cores. */
const guesses: StepRates = new Map([
	['imatrix', 4e-8],
	['produce', 2e-5],
	['quality', 2.5e-8],
	['task', 4e-6],
	['speed', usualMsPerByte],
]);

/** Kinds whose work has the same unit as another kind: until they are measured, they use its rate. */
const likeOther: Readonly<Record<string, string>> = { felt: 'speed', answers: 'speed', tools: 'task' };

/** Milliseconds per unit of work for a kind that was never measured here. */
function guessOf(kind: string, rates: StepRates): number {
	const other = likeOther[kind];
	return (other === undefined ? undefined : (rates.get(other) ?? guesses.get(other))) ?? guesses.get(kind) ?? 0;
}

export interface StepsEstimate {
	/** The duration of each step, ms. */
	readonly each: readonly number[];
	readonly ms: number;
	/** Whether all of it is known from earlier measurements. */
	readonly learned: boolean;
}

/** Estimates the duration of these steps. */
export function estimateSteps(steps: readonly Step[], of: StepExtents, rates: StepRates): StepsEstimate {
	const each = steps.map((step) => workOf(step, of) * (rates.get(step.kind) ?? guessOf(step.kind, rates)));
	return {
		each,
		ms: each.reduce((sum, one) => sum + one, 0),
		learned: steps.every(({ kind }) => rates.has(kind)),
	};
}
