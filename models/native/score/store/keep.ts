import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PerplexityTask } from '../../../contract/native.ts';
import { requireDiskSpace } from '../../../library/disk.ts';
import { NativeContext } from '../../context.ts';
import { type NativeLibrary, nameOf } from '../../library/open.ts';
import { NativeModel } from '../../model.ts';
import { writeWhole } from '../../target.ts';
import { type ChunkPlan, chunkTokens } from '../chunks.ts';
import { ScoreKernel } from '../kernel.ts';
import { layersOf } from '../scored.ts';
import { notFiniteFailure, testedBlock } from '../scores.ts';
import { decodeSize, mostRows, OverlappedDecode, planStrips, scoredRows } from '../strips.ts';
import { checkSuitable } from '../suitable.ts';
import { type StoreIdentity, StoreReader, StoreWriter, storeBytes } from './file.ts';
import { Selector } from './select.ts';
import { emptyRow, shapeFor } from './shape.ts';

export interface StoredReference {
	readonly store: StoreReader;
	readonly identity: StoreIdentity;
}

/** The text as the models see it. */
export interface CutText {
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
 * The first pass: what is needed of the reference's distributions, kept in a file. One that is there already, made of just
 * this and undamaged, is taken instead. The reference is out of memory afterwards. Throws Failure `disk-full` first.
 */
export async function storeReference(
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
