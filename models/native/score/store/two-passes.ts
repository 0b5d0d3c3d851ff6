import { rm } from 'node:fs/promises';
import { Failure } from '../../../contract/failure.ts';
import type { GgufFacts } from '../../../contract/gguf.ts';
import type { PerplexityTask } from '../../../contract/native.ts';
import { readGgufFacts } from '../../../library/gguf.ts';
import type { NativeLibrary } from '../../library/open.ts';
import { NativeModel } from '../../model.ts';
import { chunkTokens, planChunks } from '../chunks.ts';
import { ScoreKernel } from '../kernel.ts';
import { checkShapes, checkVocabulary, sizeWarnings } from '../pair.ts';
import { createReporter, layersOf, type Report, type ScoringOutcome, testedContext } from '../scored.ts';
import { TokenScores, testedBlock } from '../scores.ts';
import { mostRows, OverlappedDecode, planStrips, scoredRows } from '../strips.ts';
import { checkSuitable } from '../suitable.ts';
import type { ScoreText } from '../text.ts';
import { type CutText, storeReference } from './keep.ts';

/** Throws Failure `store-exact-only` where rounding is asked for that a store does not have. */
function checkStore({ rounding }: PerplexityTask): void {
	if (rounding === 'exact') return;
	throw new Failure({
		code: 'store-exact-only',
		message: 'The rounding of llama-perplexity needs both models in memory side by side.',
		next: ['Measure without a store', 'Measure without the rounding'],
	});
}

/** Tokens and chunks of a text, with both vocabularies in memory but no weights. Throws the Failures of a wrong pair. */
async function cutForBoth(
	library: NativeLibrary,
	task: PerplexityTask,
	referencePath: string,
	text: ScoreText,
): Promise<CutText> {
	const [own, other] = [await readGgufFacts(task.model), await readGgufFacts(referencePath)];
	checkShapes(shapeOf(own), shapeOf(other));
	const model = await NativeModel.load(library, task.model, { vocabularyOnly: true });
	const reference = await NativeModel.load(library, referencePath, { vocabularyOnly: true });
	try {
		checkVocabulary(model, reference);
		const tokens = model.tokenize(text.bytes, true);
		const plan = planChunks(tokens.length, task.contextSize, task.chunks, task.text);
		const { startToken, facts } = model;
		return { sha256: text.sha256, tokens, plan, startToken, vocabulary: facts.vocabularySize };
	} finally {
		model.free();
		reference.free();
	}
}

/** One model in memory at a time: the reference first, of which a store is kept, then the other. */
export async function scoreInTwoPasses(
	library: NativeLibrary,
	task: PerplexityTask & {
		readonly reference: string;
		readonly store: { readonly path: string; readonly keep: boolean };
	},
	text: ScoreText,
	onProgress: Report,
	signal: AbortSignal | undefined,
): Promise<ScoringOutcome> {
	checkStore(task);
	const cut = await cutForBoth(library, task, task.reference, text);
	const { plan, tokens, startToken } = cut;
	const report = createReporter(onProgress, 2 * plan.chunks);
	const started = performance.now();
	let sum = 0;
	const onChunk = (index: number, negativeLog: number): void => {
		sum += negativeLog;
		const result = { index, tokens: plan.scored, negativeLog, reference: null };
		report(index + 1, result, Math.exp(sum / (index + 1)));
	};
	const { store, identity } = await storeReference(library, task, task.store.path, cut, onChunk, signal);
	try {
		const [layers = 0] = await layersOf(library, task, [task.model]);
		const model = await NativeModel.load(library, task.model, { gpuLayers: layers });
		checkSuitable(model);
		const context = testedContext(model, task, plan);
		const kernel = new ScoreKernel(model.facts.vocabularySize, mostRows(plan), false);
		const scores = new TokenScores(plan, kernel, true, task.rounding);
		const overlap = new OverlappedDecode(signal);
		for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
			for (const strip of planStrips(chunkTokens(tokens, chunk, plan, startToken), plan)) {
				await overlap.decode(context, strip);
				const count = scoredRows(strip);
				if (strip.rows > 0) kernel.copy(testedBlock, context.logits(strip.rows), strip.rows);
				const kept = await store.rows(chunk * plan.scored + strip.firstOutput - plan.first, count);
				overlap.later(() => {
					scores.addAgainst(strip.tokens, strip.firstOutput, kept, identity.shape);
					const result = scores.finished(chunk);
					if (result !== null) report(plan.chunks + chunk + 1, result, scores.perplexity());
				});
			}
		}
		overlap.finish();
		context.free();
		const approximation = { bytes: store.bytes, ...identity.shape };
		const elapsedMs = performance.now() - started;
		const pairWarnings = sizeWarnings(model.facts, store.facts);
		return {
			scores,
			model,
			reference: store.facts,
			pairWarnings,
			plan,
			elapsedMs,
			approximation,
			textTokens: tokens.length,
		};
	} finally {
		await store.close();
		if (!task.store.keep) await rm(task.store.path, { force: true });
	}
}

const shapeOf = ({ architecture, parameters, layers, embeddingLength }: GgufFacts) => ({
	architecture,
	parameters,
	layers: layers ?? 0,
	embeddingLength: embeddingLength ?? 0,
});
