import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type { GgufFacts } from '../../contract/gguf.ts';
import type { PerplexityTask } from '../../contract/native/tasks.ts';
import { said } from '../../contract/said.ts';
import { requireDiskSpace } from '../../disk-space.ts';
import { readGgufFacts } from '../../gguf/read-gguf.ts';
import { NativeContext } from '../context.ts';
import { type NativeLibrary, nameOf } from '../libllama/open-library.ts';
import { NativeModel } from '../model.ts';
import { writeWhole } from '../output-file.ts';
import { type ChunkPlan, chunkTokens, planChunks } from './chunks.ts';
import { decodeSize, mostRows, OverlappedDecode, planStrips, scoredRows } from './decode-strips.ts';
import { type StoreIdentity, StoreReader, StoreWriter, storeBytes } from './distribution-store.ts';
import { emptyRow, Selector, shapeFor } from './kept-distribution.ts';
import { ScoreKernel } from './kernel.ts';
import { checkShapes, checkSuitable, checkVocabulary, sizeWarnings } from './model-checks.ts';
import type { ScoreText } from './read-text.ts';
import { createReporter, layersOf, type Report, type ScoringOutcome, testedContext } from './scoring-contexts.ts';
import { notFiniteFailure, TokenScores, testedBlock } from './token-scores.ts';

/** Throws Failure `store-exact-only` for a rounding that stores do not support. */
function checkStore({ rounding }: PerplexityTask): void {
	if (rounding === 'exact') return;
	throw new Failure({
		code: 'store-exact-only',
		message: said`The rounding of llama-perplexity needs both models in memory side by side.`,
		next: [said`Measure without a store`, said`Measure without the rounding`],
	});
}

/**
 * Returns the tokens and chunks of a text, with only both vocabularies in memory. Throws the Failures of an unsuitable
 * pair.
 */
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

/** Scores with one model in memory at a time: first the reference, whose store is kept, then the other. */
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
		const model = await NativeModel.load(library, task.model, { gpuLayers: layers, adapters: task.adapters });
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

export interface StoredReference {
	readonly store: StoreReader;
	readonly identity: StoreIdentity;
}

/** A text as tokens, divided into chunks. */
interface CutText {
	readonly sha256: string;
	readonly tokens: Int32Array;
	readonly plan: ChunkPlan;
	readonly startToken: number | null;
	readonly vocabulary: number;
}

async function identityOf(library: NativeLibrary, task: PerplexityTask, reference: string, text: CutText) {
	const { size, mtimeMs } = await stat(reference);
	return {
		reference: { path: reference, sizeBytes: size, modifiedMs: mtimeMs },
		textSha256: text.sha256,
		contextSize: text.plan.contextSize,
		chunks: text.plan.chunks,
		scored: text.plan.scored,
		vocabulary: text.vocabulary,
		shape: shapeFor(text.vocabulary),
		engine: library.version,
		systemInfo: library.systemInfo,
		threads: task.threads,
		...(library.gpus.length === 0 ? {} : { gpu: library.gpus.map(nameOf).join(', ') }),
	} satisfies StoreIdentity;
}

/**
 * Runs the first pass, which stores the needed part of the reference's distributions in a file. Reuses an intact file
 * from exactly these inputs. The reference is unloaded afterwards. Throws Failure `disk-full` first.
 */
async function storeReference(
	library: NativeLibrary,
	task: PerplexityTask & { readonly reference: string },
	path: string,
	text: CutText,
	onChunk: (chunk: number, negativeLog: number) => void,
	signal: AbortSignal | undefined,
): Promise<StoredReference> {
	const identity = await identityOf(library, task, task.reference, text);
	const found = await StoreReader.open(path, identity);
	if (found !== null) return { store: found, identity };
	await requireDiskSpace(dirname(path), storeBytes(identity));
	const [layers = 0] = await layersOf(library, task, [task.reference]);
	const model = await NativeModel.load(library, task.reference, { gpuLayers: layers });
	checkSuitable(model);
	const { plan, tokens } = text;
	const batchSize = Math.min(decodeSize, plan.contextSize);
	const context = new NativeContext(model, { contextSize: plan.contextSize, batchSize, threads: task.threads });
	const kernel = new ScoreKernel(model.facts.vocabularySize, mostRows(plan), false);
	const selector = new Selector(identity.shape);
	const row = emptyRow(identity.shape);
	const write = async (part: string): Promise<void> => {
		const writer = await StoreWriter.create(part, { identity, facts: model.facts });
		const overlap = new OverlappedDecode(signal);
		try {
			for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
				let sum = 0;
				for (const strip of planStrips(chunkTokens(tokens, chunk, plan, text.startToken), plan)) {
					await overlap.decode(context, strip);
					await writer.flush();
					if (strip.rows > 0) kernel.copy(testedBlock, context.logits(strip.rows), strip.rows);
					overlap.later(() => {
						for (let index = 0; index < scoredRows(strip); index += 1) {
							const { top, logSum } = kernel.stats(testedBlock, index);
							const logits = kernel.row(testedBlock, index);
							const position = strip.firstOutput + index;
							row.top = top;
							row.logSum = logSum;
							row.negativeLog = logSum - (logits[strip.tokens[position + 1] ?? 0] ?? Number.NaN);
							if (!Number.isFinite(row.negativeLog)) throw notFiniteFailure();
							selector.select(logits, kernel.exps(), chunk * plan.contextSize + position, row);
							writer.add(row);
							sum += row.negativeLog;
						}
						if (strip.end === strip.tokens.length) onChunk(chunk, sum / plan.scored);
					});
				}
			}
			overlap.finish();
			await writer.finish();
		} finally {
			await writer.close();
		}
	};
	try {
		const store = await writeWhole(path, write, async () => null).then(() => StoreReader.open(path, identity));
		if (store === null) throw new Error(`the store at ${path} can't be read back`);
		return { store, identity };
	} finally {
		context.free();
		model.free();
	}
}
