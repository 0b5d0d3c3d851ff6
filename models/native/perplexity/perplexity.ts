import type { NativeWarning, PerplexityResult, PerplexityTask } from '../../contract/native/tasks.ts';
import { amount, figure, said, spoken } from '../../contract/said.ts';
import { conditionsOf } from '../conditions.ts';
import { NativeContext } from '../context.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { NativeModel } from '../model.ts';
import { type ChunkPlan, chunkTokens, planChunks } from './chunks.ts';
import { mostRows, OverlappedDecode, planStrips } from './decode-strips.ts';
import { ScoreKernel } from './kernel.ts';
import { checkPair, checkSuitable } from './model-checks.ts';
import { readText, type ScoreText } from './read-text.ts';
import {
	contextOptions,
	createReporter,
	layersOf,
	type Report,
	type ScoringOutcome,
	testedContext,
} from './scoring-contexts.ts';
import { compare, perplexityOf } from './statistics.ts';
import { referenceBlock, TokenScores, testedBlock } from './token-scores.ts';
import { scoreInTwoPasses } from './two-passes.ts';

function warningsOf(model: NativeModel, crlfLines: number, plan: ChunkPlan): NativeWarning[] {
	const warnings: NativeWarning[] = [];
	if (crlfLines > 0) {
		warnings.push(
			spoken({
				code: 'crlf',
				message: said`${amount(crlfLines, 'line')} of the text end in CRLF, which changes its tokens: the numbers compare only with the same file.`,
			}),
		);
	}
	if (plan.contextSize > model.facts.trainedContextLength) {
		warnings.push(
			spoken({
				code: 'beyond-trained-context',
				message: said`The model was trained for ${amount(model.facts.trainedContextLength, 'token')} of context; ${figure(plan.contextSize)} are used here.`,
			}),
		);
	}
	return warnings;
}

/** Scores with both models in memory: each strip passes through one after the other. */
async function sideBySide(
	library: NativeLibrary,
	task: PerplexityTask,
	text: ScoreText,
	onProgress: Report,
	signal: AbortSignal | undefined,
): Promise<ScoringOutcome> {
	const paths = [task.model, ...(task.reference === null ? [] : [task.reference])];
	const [layers = 0, referenceLayers = 0] = await layersOf(library, task, paths);
	const model = await NativeModel.load(library, task.model, { gpuLayers: layers, adapters: task.adapters });
	const reference =
		task.reference === null ? null : await NativeModel.load(library, task.reference, { gpuLayers: referenceLayers });
	checkSuitable(model);
	const pairWarnings = reference === null ? [] : checkPair(model, reference);
	const tokens = model.tokenize(text.bytes, true);
	const plan = planChunks(tokens.length, task.contextSize, task.chunks, task.text);
	const context = testedContext(model, task, plan);
	const referenceContext = reference === null ? null : new NativeContext(reference, contextOptions(task, plan));
	const kernel = new ScoreKernel(model.facts.vocabularySize, mostRows(plan), reference !== null);
	const scores = new TokenScores(plan, kernel, reference !== null, task.rounding);
	const report = createReporter(onProgress, plan.chunks);
	const started = performance.now();
	const overlap = new OverlappedDecode(signal);
	for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
		const chunkText = chunkTokens(tokens, chunk, plan, model.startToken);
		for (const strip of planStrips(chunkText, plan)) {
			if (referenceContext !== null) {
				await overlap.decode(referenceContext, strip);
				if (strip.rows > 0) kernel.copy(referenceBlock, referenceContext.logits(strip.rows), strip.rows);
			}
			await overlap.decode(context, strip);
			if (strip.rows > 0) kernel.copy(testedBlock, context.logits(strip.rows), strip.rows);
			overlap.later(() => {
				scores.add(strip.tokens, strip.firstOutput, strip.rows);
				const result = scores.finished(chunk);
				if (result !== null) report(chunk + 1, result, scores.perplexity());
			});
		}
	}
	overlap.finish();
	const elapsedMs = performance.now() - started;
	context.free();
	referenceContext?.free();
	const facts = reference?.facts ?? null;
	return {
		scores,
		model,
		reference: facts,
		pairWarnings,
		plan,
		elapsedMs,
		approximation: null,
		textTokens: tokens.length,
	};
}

/**
 * Computes perplexity like llama-perplexity and, against a reference and without a base file, KL divergence, top-token
 * agreement and change of probability: either side by side, or in two passes with a store (README.md). The arithmetic
 * of one decode runs during the next. Checks `signal` between decodes and throws its reason.
 */
export async function scorePerplexity(
	library: NativeLibrary,
	task: PerplexityTask,
	onProgress: Report,
	signal?: AbortSignal,
): Promise<PerplexityResult> {
	const text = await readText(task.text);
	const { reference, store } = task;
	const scored =
		reference === null || store === null
			? await sideBySide(library, task, text, onProgress, signal)
			: await scoreInTwoPasses(library, { ...task, reference, store }, text, onProgress, signal);
	const { scores, plan, model } = scored;
	const summary =
		scored.reference === null
			? { ...perplexityOf(scores.tokens.negativeLogs, plan.scored), reference: null }
			: compare(scores.tokens, plan.scored, task.rounding);
	return {
		...summary,
		reference:
			summary.reference === null || scored.reference === null
				? null
				: { ...summary.reference, model: scored.reference },
		tokens: scores.tokens.negativeLogs.length,
		textTokens: scored.textTokens,
		textSha256: text.sha256,
		contextSize: plan.contextSize,
		chunks: scores.chunks,
		rounding: task.rounding,
		cacheType: task.cacheType,
		approximation: scored.approximation,
		model: model.facts,
		warnings: [...warningsOf(model, text.crlfLines, plan), ...scored.pairWarnings],
		conditions: conditionsOf(library, task.threads, model.gpuLayers),
		elapsedMs: scored.elapsedMs,
	};
}
