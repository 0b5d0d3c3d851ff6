import type { NativeProgressOf, NativeWarning, PerplexityResult, PerplexityTask } from '../../contract/native.ts';
import { conditionsOf } from '../conditions.ts';
import { NativeContext } from '../context.ts';
import type { NativeLibrary } from '../library/open.ts';
import { NativeModel } from '../model.ts';
import { type ChunkPlan, chunkTokens, planChunks } from './chunks.ts';
import { ScoreKernel } from './kernel.ts';
import { checkPair } from './pair.ts';
import { referenceBlock, Scores, testedBlock } from './scores.ts';
import { compare, perplexityOf } from './statistics.ts';
import { checkSuitable } from './suitable.ts';
import { readText } from './text.ts';

/** llama.cpp's own micro-batch: with it results equal llama-perplexity's to the last printed digit. */
const decodeSize = 512;

const onlySequence = [0];

/** A decode's worth of one chunk: `rows` rows of logits, the first of which scores the token at `firstScored`. */
type Strip = { tokens: Int32Array; start: number; end: number; firstOutput: number; rows: number };

function* strips(tokens: Int32Array, plan: ChunkPlan): Generator<Strip> {
	for (let start = 0; start < tokens.length; start += decodeSize) {
		const end = Math.min(start + decodeSize, tokens.length);
		const firstOutput = Math.max(start, plan.first);
		yield { tokens, start, end, firstOutput, rows: Math.max(0, end - firstOutput) };
	}
}

function decodeStrip(context: NativeContext, strip: Strip): Promise<void> {
	if (strip.start === 0) context.clear();
	for (let position = strip.start; position < strip.end; position += 1) {
		context.add(strip.tokens[position] ?? 0, position, onlySequence, position >= strip.firstOutput);
	}
	return context.decode();
}

function warningsOf(model: NativeModel, crlfLines: number, plan: ChunkPlan): NativeWarning[] {
	const warnings: NativeWarning[] = [];
	if (crlfLines > 0) {
		warnings.push({
			code: 'crlf',
			message: `${crlfLines.toLocaleString('en')} lines of the text end in CRLF, which changes its tokens: the numbers compare only with the same file.`,
		});
	}
	if (plan.contextSize > model.facts.trainedContextLength) {
		warnings.push({
			code: 'beyond-trained-context',
			message: `The model was trained for ${model.facts.trainedContextLength.toLocaleString('en')} tokens of context; ${plan.contextSize.toLocaleString('en')} are used here.`,
		});
	}
	return warnings;
}

/**
 * Perplexity as llama-perplexity computes it and, side by side with a reference and without a base file, KL divergence,
 * top-token agreement and change of probability. The arithmetic of one decode runs while the next decode does.
 * Checks `signal` between decodes and throws its reason.
 */
export async function scorePerplexity(
	library: NativeLibrary,
	task: PerplexityTask,
	onProgress: (progress: NativeProgressOf<'perplexity'>) => void,
	signal?: AbortSignal,
): Promise<PerplexityResult> {
	const text = await readText(task.text);
	const model = await NativeModel.load(library, task.model);
	const reference = task.reference === null ? null : await NativeModel.load(library, task.reference);
	checkSuitable(model);
	const pairWarnings = reference === null ? [] : checkPair(model, reference);
	const tokens = model.tokenize(text.bytes, true);
	const plan = planChunks(tokens.length, task.contextSize, task.chunks, task.text);
	const options = {
		contextSize: plan.contextSize,
		batchSize: Math.min(decodeSize, plan.contextSize),
		threads: task.threads,
	};
	const context = new NativeContext(model, options);
	const referenceContext = reference === null ? null : new NativeContext(reference, options);
	const kernel = new ScoreKernel(
		model.facts.vocabularySize,
		Math.min(options.batchSize, plan.contextSize - plan.first),
		reference !== null,
	);
	const scores = new Scores(plan, kernel, reference !== null, task.rounding);

	const started = performance.now();
	let waiting: (() => void) | null = null;
	const compute = (): void => {
		waiting?.();
		waiting = null;
	};
	const run = async (target: NativeContext, strip: Strip): Promise<void> => {
		signal?.throwIfAborted();
		const decoded = decodeStrip(target, strip);
		// A failed decode is reported by the await below, also when the arithmetic throws first.
		decoded.catch(() => undefined);
		// One turn of the event loop lets the decode reach its thread before the arithmetic starts.
		await new Promise(setImmediate);
		compute();
		await decoded;
	};
	for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
		const chunkText = chunkTokens(tokens, chunk, plan, model.startToken);
		for (const strip of strips(chunkText, plan)) {
			if (referenceContext !== null) {
				await run(referenceContext, strip);
				if (strip.rows > 0) kernel.copy(referenceBlock, referenceContext.logits(strip.rows), strip.rows);
			}
			await run(context, strip);
			if (strip.rows > 0) kernel.copy(testedBlock, context.logits(strip.rows), strip.rows);
			waiting = () => {
				scores.add(strip.tokens, strip.firstOutput, strip.rows);
				const result = scores.finished(chunk);
				if (result === null) return;
				const elapsed = performance.now() - started;
				onProgress({
					chunk: chunk + 1,
					chunks: plan.chunks,
					result,
					perplexity: scores.perplexity(),
					remainingMs: (elapsed / (chunk + 1)) * (plan.chunks - chunk - 1),
				});
			};
		}
	}
	compute();
	const elapsedMs = performance.now() - started;
	context.free();
	referenceContext?.free();
	const summary =
		reference === null
			? { ...perplexityOf(scores.tokens.negativeLogs, plan.scored), reference: null }
			: compare(scores.tokens, plan.scored, task.rounding);
	return {
		...summary,
		reference:
			summary.reference === null || reference === null ? null : { ...summary.reference, model: reference.facts },
		tokens: scores.tokens.negativeLogs.length,
		textTokens: tokens.length,
		textSha256: text.sha256,
		contextSize: plan.contextSize,
		chunks: scores.chunks,
		rounding: task.rounding,
		model: model.facts,
		warnings: [...warningsOf(model, text.crlfLines, plan), ...pairWarnings],
		conditions: conditionsOf(library, task.threads),
		elapsedMs,
	};
}
