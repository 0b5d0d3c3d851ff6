import type { ChunkResult, MeasuredRow, PerplexityResult } from '../../models/contract/native/tasks.ts';
import { type Said, said, spoken, type Words } from '../../models/contract/said.ts';
import { rateSummary } from '../../models/native/bench-rates.ts';
import { commonPrefixLength } from '../../models/prompt/common-prefix.ts';
import type { ComparisonAnswer, ComparisonRow, Quality, Speed } from '../contract/comparison/schema.ts';
import type { QuantizeOrigin } from '../contract/library/schema.ts';
import { meanOf, varianceOf } from '../statistics/mean-difference.ts';
import { median } from '../statistics/median.ts';
import { accuracyOf, type TaskScores } from './accuracy.ts';
import type { Judgement, Measured } from './claims.ts';
import { type Decision, decide } from './decide.ts';
import type { StepResults } from './steps.ts';
import { type Measurement, resultOf, type StoredCandidate } from './store.ts';
import { type ComparisonSubject, depthsOf } from './subject.ts';

/** Standard error of a mean over tokens, clustered by chunk; every chunk has the same number of tokens. */
function clusteredError(byChunk: readonly number[]): number {
	return byChunk.length < 2 ? 0 : Math.sqrt(varianceOf(byChunk) / byChunk.length);
}

/** The approximation used in any of these results, with the total of its bytes; null: everything is exact. */
function approximationOf(results: readonly PerplexityResult[]): Quality['approximation'] {
	const estimated = results.flatMap(({ approximation }) => (approximation === null ? [] : [approximation]));
	const [first] = estimated;
	return first === undefined ? null : { ...first, bytes: estimated.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function qualityOf(
	category: string | null,
	results: readonly PerplexityResult[],
	base: readonly ChunkResult[],
): Quality {
	const chunks = results.flatMap((result) => result.chunks);
	const negative = chunks.map(({ negativeLog }) => negativeLog);
	const perplexity = Math.exp(meanOf(negative));
	const divergence = chunks.map(({ reference }) => reference?.klDivergence ?? 0);
	return {
		category,
		textSha256: null,
		tokens: chunks.reduce((sum, { tokens }) => sum + tokens, 0),
		chunks: chunks.length,
		perplexity,
		perplexityError: perplexity * clusteredError(negative),
		ratio: perplexity / Math.exp(meanOf(base.map(({ negativeLog }) => negativeLog))),
		klDivergence: meanOf(divergence),
		klDivergenceError: clusteredError(divergence),
		sameTop: meanOf(chunks.map(({ reference }) => reference?.sameTop ?? 1)),
		approximation: approximationOf(results),
	};
}

type SpeedRound = StepResults['speed'];

/** The figure of each round for one test, in order, for the rounds that exist. */
function speedOf(rounds: readonly SpeedRound[], test: 'promptTokens' | 'generatedTokens', depth: number): Speed | null {
	const samples = rounds.flatMap(({ results }) =>
		results.filter((one) => one[test] > 0 && one.depth === depth).flatMap((one) => one.tokensPerSecond.samples),
	);
	return samples.length === 0 ? null : rateSummary(samples);
}

function answerOf(row: MeasuredRow, reference: MeasuredRow | undefined): ComparisonAnswer {
	if ('failure' in row) {
		return { text: '', tokens: 0, sameTokens: 0, sameLength: 0, tokensPerSecond: null, failure: row.failure };
	}
	const other = reference === undefined || 'failure' in reference ? { tokenIds: [], text: '' } : reference;
	const generationMs = row.ms - row.ttftMs;
	return {
		text: row.text,
		tokens: row.completionTokens,
		sameTokens: commonPrefixLength(row.tokenIds, other.tokenIds),
		sameLength: commonPrefixLength(row.text, other.text),
		tokensPerSecond: generationMs > 0 ? ((row.completionTokens - 1) * 1000) / generationMs : null,
		failure: null,
	};
}

interface Found {
	readonly candidate: StoredCandidate;
	/** By text; null if it is not measured yet. */
	readonly texts: readonly (PerplexityResult | null)[];
	readonly chunks: readonly ChunkResult[];
	readonly scores: TaskScores | null;
	/** Whether all rounds of speed are complete. */
	readonly timed: boolean;
	readonly row: Omit<ComparisonRow, keyof Judgement | 'fallbackWords'> & { readonly fallbackWords: Said | null };
}

/** A file to compare with when it is not the reference. */
interface Comparable {
	/** By text; null if it is not measured yet. */
	readonly texts: readonly (PerplexityResult | null)[];
	readonly answers: readonly MeasuredRow[];
	readonly scores: TaskScores | null;
	readonly toolScores: TaskScores | null;
}

function comparableOf(
	subject: ComparisonSubject,
	measurements: readonly Measurement[],
	candidateId: number,
): Comparable {
	return {
		texts: subject.texts.map(({ position }) =>
			resultOf<'quality'>(measurements, { kind: 'quality', candidateId, text: position, extent: 0 }),
		),
		answers: resultOf<'answers'>(measurements, { kind: 'answers', candidateId })?.rows ?? [],
		scores: resultOf<'task'>(measurements, { kind: 'task', candidateId, extent: 0 }),
		toolScores: resultOf<'tools'>(measurements, { kind: 'tools', candidateId }),
	};
}

function find(
	subject: ComparisonSubject,
	measurements: readonly Measurement[],
	candidate: StoredCandidate,
	reference: Comparable,
): Found {
	const { texts, answers, scores, toolScores } =
		candidate.position === 0 ? reference : comparableOf(subject, measurements, candidate.id);
	const base = reference.texts;
	// A text that only one side was measured on says nothing about the difference.
	const both = texts.map((result, index) => (result === null || base[index] === null ? null : result));
	const chunks = both.flatMap((result) => result?.chunks ?? []);
	const baseChunks = both.flatMap((result, index) => (result === null ? [] : (base[index]?.chunks ?? [])));
	const quality = both.flatMap((result, index) =>
		result === null
			? []
			: [
					{
						...qualityOf(subject.texts[index]?.category ?? '', [result], base[index]?.chunks ?? []),
						textSha256: result.textSha256,
					},
				],
	);
	const rounds = Array.from({ length: subject.comparison.repetitions }, (_, round) =>
		resultOf<'speed'>(measurements, { kind: 'speed', candidateId: candidate.id, round }),
	).filter((round) => round !== null);
	return {
		candidate,
		texts: both,
		chunks,
		scores,
		timed: rounds.length === subject.comparison.repetitions,
		row: {
			candidateId: candidate.id,
			name: candidate.name,
			quantization: candidate.quantization,
			modelFileId: candidate.modelFileId,
			sha256: candidate.sha256,
			reference: candidate.position === 0,
			adapters: candidate.adapters.map(({ path: _, ...used }) => used),
			changed: candidate.changed,
			sizeBytes: candidate.sizeBytes,
			bitsPerWeight: candidate.bitsPerWeight,
			fallbacks: candidate.fallbacks,
			fallbackWords: fallbackWords(
				resultOf<'produce'>(measurements, { kind: 'produce', candidateId: candidate.id }),
				subject.origins.get(candidate.id) ?? null,
			),
			quality:
				chunks.length === 0
					? []
					: [
							qualityOf(
								null,
								both.filter((result) => result !== null),
								baseChunks,
							),
							...quality,
						],
			prompt: speedOf(rounds, 'promptTokens', 0),
			generation: speedOf(rounds, 'generatedTokens', 0),
			depths: depthsOf(subject.comparison).map((depth) => ({
				depth,
				prompt: speedOf(rounds, 'promptTokens', depth),
				generation: speedOf(rounds, 'generatedTokens', depth),
			})),
			answers: answers.map((row, index) => answerOf(row, reference.answers[index])),
			accuracy: scores === null ? null : accuracyOf(scores, candidate.position === 0 ? null : reference.scores),
			toolCalls:
				toolScores === null ? null : accuracyOf(toolScores, candidate.position === 0 ? null : reference.toolScores),
			loadMs: rounds.length === 0 ? null : median(rounds.map(({ loadMs }) => loadMs)),
			felt: resultOf<'felt'>(measurements, { kind: 'felt', candidateId: candidate.id }),
			peakBytes: rounds.length === 0 ? null : Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
		},
	};
}

/**
 * Files whose measurements are complete, in the form that the rules take; divergences only on texts that all of them
 * were measured on.
 */
function measured(found: readonly Found[], texts: number, task: boolean): readonly Measured[] {
	return found
		.filter(({ scores }) => !task || scores !== null)
		.filter(({ row, texts: own, timed }) => timed && own.every((one) => one !== null) && row.sizeBytes !== null)
		.map(({ candidate, row, chunks, scores }) => ({
			id: candidate.id,
			name: candidate.name,
			reference: row.reference,
			sizeBytes: row.sizeBytes ?? 0,
			changed: row.changed,
			divergence: texts === 0 || row.changed ? null : chunks.map(({ reference }) => reference?.klDivergence ?? 0),
			sameTop: row.quality[0]?.sameTop ?? null,
			approximate: row.quality[0]?.approximation != null,
			generation: row.generation?.samples ?? null,
			scores,
		}));
}

/**
 * Builds the table of a comparison and its conclusions, as far as it is measured, from the output of
 * `sharedMeasurements`.
 */
export function buildRows(
	subject: ComparisonSubject,
	measurements: readonly Measurement[],
): { rows: ComparisonRow[]; decision: Decision | null } {
	const reference = comparableOf(subject, measurements, subject.candidates[0]?.id ?? 0);
	const found = subject.candidates.map((candidate) => find(subject, measurements, candidate, reference));
	const files = measured(found, subject.texts.length, subject.comparison.task !== null);
	// A verdict on some of the files would be no finding yet: another one could still beat the best of them.
	const decision =
		files.length < 2 || files.length < subject.candidates.length ? null : decide(files, subject.comparison.klLimit);
	const rows = found.map(({ candidate, row }) => {
		const { outcome = null, reason = '', beatenBy = null, said: reasons = [] } = decision?.rows.get(candidate.id) ?? {};
		return spoken({ ...row, outcome, reason, beatenBy, said: reasons });
	});
	return { rows, decision };
}

/**
 * Why a file is larger than its type: the most common reason among its tensors; null if none fell back or the reason is
 * unknown. `produced` is the record from when this comparison quantised it, `made` from when it was quantised at any
 * time.
 */
function fallbackWords(produced: StepResults['produce'] | null, origin: QuantizeOrigin | null): Said | null {
	const { fallbacks } = produced ?? origin ?? { fallbacks: [] };
	const tensors = produced?.tensors.reduce((sum, { count }) => sum + count, 0) ?? origin?.tensors ?? null;
	if (tensors === null || fallbacks.length === 0) return null;
	const reasons = Map.groupBy(fallbacks, ({ reason }) => reason);
	const [most] = [...reasons].toSorted(([, a], [, b]) => b.length - a.length);
	const why = reasonWords(most?.[0] ?? '');
	const types = [...new Set(fallbacks.map(({ to }) => to))].join(', ');
	return said`${fallbacks.length} of its ${tensors} tensors became ${types}, as ${why}`;
}

/** Words the reason that quantising noted: "their rows of 576 don't divide into blocks of 256". */
function reasonWords(reason: string): Words {
	const [, columns, block, more] =
		/^its rows of (\d+) don't divide into blocks of (\d+)(, nor into smaller ones)?$/.exec(reason) ?? [];
	if (columns === undefined || block === undefined) return reason.replace(/^its rows/, 'their rows');
	return more === undefined
		? said`their rows of ${columns} don’t divide into blocks of ${block}`
		: said`their rows of ${columns} don’t divide into blocks of ${block}, nor into smaller ones`;
}
