import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { QuantizeType } from '../../models/contract/native.ts';
import type { ComparisonContext } from './context.ts';
import type { Step, StepResults } from './steps.ts';
import type { StoredCandidate, StoredComparison, StoredText } from './store.ts';

/** What is compared, read from the database. */
export interface Subject {
	readonly comparison: StoredComparison;
	/** The reference first. */
	readonly candidates: readonly StoredCandidate[];
	readonly texts: readonly StoredText[];
}

export interface MeasureControl {
	readonly signal: AbortSignal;
	/** How much of the step is done, 0 to 1. */
	progress(share: number): void;
}

export function threadsOf(comparison: StoredComparison): number {
	return comparison.threads === 0 ? availableParallelism() : comparison.threads;
}

/** Does one step in a process of its own. Throws the Failure of what can't be measured, or the signal's reason. */
export async function measure(
	{ native }: ComparisonContext,
	subject: Subject,
	step: Step,
	control: MeasureControl,
): Promise<StepResults[Step['kind']]> {
	const candidate = subject.candidates.find(({ id }) => id === step.candidateId);
	const [reference] = subject.candidates;
	if (candidate === undefined || reference === undefined) throw new Error(`no candidate ${step.candidateId}`);
	const { comparison, texts } = subject;
	const { signal } = control;
	const threads = threadsOf(comparison);
	switch (step.kind) {
		case 'produce': {
			await mkdir(dirname(candidate.path), { recursive: true });
			const type = candidate.quantization as QuantizeType;
			const { result } = await native<'quantize'>(
				{
					kind: 'quantize',
					input: reference.path,
					outputs: [{ type, path: candidate.path }],
					allowRequantize: true,
					overwrite: true,
					threads,
				},
				{ signal, onProgress: (each) => each.kind === 'quantize' && control.progress(each.done / each.total) },
			);
			const [output] = result.outputs;
			if (output === undefined) throw new Error('nothing was quantised');
			return output;
		}
		case 'quality': {
			const text = texts.find(({ position }) => position === step.text);
			if (text === undefined) throw new Error(`no text ${step.text}`);
			const { result } = await native<'perplexity'>(
				{
					kind: 'perplexity',
					model: candidate.path,
					reference: candidate === reference ? null : reference.path,
					text: text.path,
					contextSize: comparison.contextSize,
					chunks: comparison.chunks,
					threads,
				},
				{ signal, onProgress: (each) => each.kind === 'perplexity' && control.progress(each.chunk / each.chunks) },
			);
			return result;
		}
		case 'speed': {
			const tests = [
				{ promptTokens: comparison.promptTokens, generatedTokens: 0, depth: 0 },
				{ promptTokens: 0, generatedTokens: comparison.generatedTokens, depth: 0 },
			];
			const { repetitions } = comparison;
			const { result, peakResidentBytes } = await native<'bench'>(
				{ kind: 'bench', model: candidate.path, tests, repetitions, threads },
				{
					signal,
					onProgress: (each) =>
						each.kind === 'bench' && control.progress((each.done + each.repetition / (repetitions + 1)) / tests.length),
				},
			);
			return { ...result, peakBytes: peakResidentBytes };
		}
	}
}
