import type { ChunkResult, PerplexityResult } from '../../models/contract/native.ts';
import type { ComparisonRow, Quality, Speed } from '../contract/comparison/comparison.ts';
import { meanOf, varianceOf } from '../statistics/difference.ts';
import type { Measured } from './decide/claims.ts';
import type { Decision } from './decide/decide.ts';
import { decide } from './decide/decide.ts';
import type { Subject } from './measure.ts';
import { type Measurement, resultOf, type StoredCandidate } from './store.ts';

/** Standard error of a mean over tokens with the tokens of a chunk clustered; every chunk has as many tokens. */
function clusteredError(byChunk: readonly number[]): number {
	return byChunk.length < 2 ? 0 : Math.sqrt(varianceOf(byChunk) / byChunk.length);
}

function qualityOf(category: string | null, chunks: readonly ChunkResult[], base: readonly ChunkResult[]): Quality {
	const negative = chunks.map(({ negativeLog }) => negativeLog);
	const perplexity = Math.exp(meanOf(negative));
	const divergence = chunks.map(({ reference }) => reference?.klDivergence ?? 0);
	return {
		category,
		tokens: chunks.reduce((sum, { tokens }) => sum + tokens, 0),
		chunks: chunks.length,
		perplexity,
		perplexityError: perplexity * clusteredError(negative),
		ratio: perplexity / Math.exp(meanOf(base.map(({ negativeLog }) => negativeLog))),
		klDivergence: meanOf(divergence),
		klDivergenceError: clusteredError(divergence),
		sameTop: meanOf(chunks.map(({ reference }) => reference?.sameTop ?? 1)),
	};
}

function speedOf(result: { tokensPerSecond: Speed } | undefined): Speed | null {
	return result === undefined ? null : result.tokensPerSecond;
}

interface Found {
	readonly candidate: StoredCandidate;
	/** By text; null where it is still to be measured. */
	readonly texts: readonly (PerplexityResult | null)[];
	readonly chunks: readonly ChunkResult[];
	readonly row: Omit<ComparisonRow, 'outcome' | 'reason'>;
}

function find(subject: Subject, measurements: readonly Measurement[], candidate: StoredCandidate): Found {
	const texts = subject.texts.map(({ position }) =>
		resultOf<'quality'>(measurements, { kind: 'quality', candidateId: candidate.id, text: position }),
	);
	const [referenceId] = subject.candidates.map(({ id }) => id);
	const base = subject.texts.map(({ position }) =>
		resultOf<'quality'>(measurements, { kind: 'quality', candidateId: referenceId ?? 0, text: position }),
	);
	// A text that only one side was measured on says nothing of the difference.
	const both = texts.map((result, index) => (result === null || base[index] === null ? null : result));
	const chunks = both.flatMap((result) => result?.chunks ?? []);
	const baseChunks = both.flatMap((result, index) => (result === null ? [] : (base[index]?.chunks ?? [])));
	const quality = both.flatMap((result, index) =>
		result === null ? [] : [qualityOf(subject.texts[index]?.category ?? '', result.chunks, base[index]?.chunks ?? [])],
	);
	const speed = resultOf<'speed'>(measurements, { kind: 'speed', candidateId: candidate.id });
	return {
		candidate,
		texts: both,
		chunks,
		row: {
			candidateId: candidate.id,
			name: candidate.name,
			quantization: candidate.quantization,
			modelFileId: candidate.modelFileId,
			reference: candidate.position === 0,
			sizeBytes: candidate.sizeBytes,
			bitsPerWeight: candidate.bitsPerWeight,
			fallbacks: candidate.fallbacks,
			quality: chunks.length === 0 ? [] : [qualityOf(null, chunks, baseChunks), ...quality],
			prompt: speedOf(speed?.results.find(({ promptTokens }) => promptTokens > 0)),
			generation: speedOf(speed?.results.find(({ generatedTokens }) => generatedTokens > 0)),
			loadMs: speed?.loadMs ?? null,
			peakBytes: speed?.peakBytes ?? null,
		},
	};
}

/** Files whose measurements are complete, as the rules want them; of divergences only what all of them were measured on. */
function measured(found: readonly Found[], texts: number): readonly Measured[] {
	return found
		.filter(
			({ row, texts: own }) => row.generation !== null && own.every((one) => one !== null) && row.sizeBytes !== null,
		)
		.map(({ candidate, row, chunks }) => ({
			id: candidate.id,
			name: candidate.name,
			reference: row.reference,
			sizeBytes: row.sizeBytes ?? 0,
			divergence: texts === 0 ? null : chunks.map(({ reference }) => reference?.klDivergence ?? 0),
			generation: row.generation?.samples ?? null,
			scores: null,
		}));
}

/** The table of a comparison and what follows from it, as far as it is measured. */
export function rowsOf(
	subject: Subject,
	measurements: readonly Measurement[],
): { rows: ComparisonRow[]; decision: Decision | null } {
	const found = subject.candidates.map((candidate) => find(subject, measurements, candidate));
	const files = measured(found, subject.texts.length);
	const decision = files.length < 2 ? null : decide(files, subject.comparison.klLimit);
	const rows = found.map(({ candidate, row }) => {
		const judgement = decision?.rows.get(candidate.id);
		return { ...row, outcome: judgement?.outcome ?? null, reason: judgement?.reason ?? '' };
	});
	return { rows, decision };
}
