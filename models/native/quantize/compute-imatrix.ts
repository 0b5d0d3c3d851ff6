import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ImatrixResult, ImatrixTask, NativeProgressOf, NativeWarning } from '../../contract/native/tasks.ts';
import { amount, figure, said, spoken } from '../../contract/said.ts';
import { sha256OfFile } from '../../file-hash.ts';
import { conditionsOf } from '../conditions.ts';
import { NativeContext } from '../context.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { NativeModel } from '../model.ts';
import { checkOutput, writeWhole } from '../output-file.ts';
import { chunkTokens, planChunks } from '../perplexity/chunks.ts';
import { ScoreKernel } from '../perplexity/kernel.ts';
import { checkSuitable } from '../perplexity/model-checks.ts';
import { readText } from '../perplexity/read-text.ts';
import { TokenScores, testedBlock } from '../perplexity/token-scores.ts';
import { ImatrixCollector } from './imatrix-collector.ts';
import { writeImatrix } from './imatrix-file.ts';

/** With fewer tokens, rare columns depend on chance; llama.cpp's own examples use about a hundred chunks of 512. */
const fewTokens = 10_000;
const decodeSize = 512;
const sequence = [0];

/**
 * Computes an importance matrix from a text like llama-imatrix with one chunk at a time (`-b` equal to the context):
 * the file is byte for byte the same. Checks `signal` between decodes and throws its reason.
 */
export async function computeImatrix(
	library: NativeLibrary,
	task: ImatrixTask,
	onProgress: (progress: NativeProgressOf<'imatrix'>) => void,
	signal?: AbortSignal,
): Promise<ImatrixResult> {
	const text = await readText(task.text);
	await checkOutput(task.output, task.model, task.overwrite);
	const model = await NativeModel.load(library, task.model);
	checkSuitable(model);
	const tokens = model.tokenize(text.bytes, true);
	const plan = planChunks(tokens.length, task.contextSize, task.chunks, task.text);
	const collector = new ImatrixCollector(library);
	const batchSize = Math.min(decodeSize, plan.contextSize);
	const context = new NativeContext(model, {
		contextSize: plan.contextSize,
		batchSize,
		threads: task.threads,
		evalCallback: collector.callback,
	});
	const kernel = new ScoreKernel(model.facts.vocabularySize, batchSize, false);
	const scores = new TokenScores(plan, kernel, false, 'exact');
	const started = performance.now();
	for (let chunk = 0; chunk < plan.chunks; chunk += 1) {
		const cut = chunkTokens(tokens, chunk, plan, model.startToken);
		context.clear();
		for (let start = 0; start < cut.length; start += batchSize) {
			signal?.throwIfAborted();
			const end = Math.min(start + batchSize, cut.length);
			// Requests all outputs because llama.cpp skips tokens without output in the last layer.
			for (let position = start; position < end; position += 1)
				context.add(cut[position] ?? 0, position, sequence, true);
			await context.decode();
			collector.check();
			const firstRow = Math.max(0, plan.first - start);
			const rows = end - start - firstRow;
			if (rows <= 0) continue;
			const logits = context.logits(end - start).subarray(firstRow * model.facts.vocabularySize);
			kernel.copy(testedBlock, logits, rows);
			scores.add(cut, start + firstRow, rows);
		}
		scores.finished(chunk);
		const elapsed = performance.now() - started;
		onProgress({
			chunk: chunk + 1,
			chunks: plan.chunks,
			perplexity: scores.perplexity(),
			remainingMs: (elapsed / (chunk + 1)) * (plan.chunks - chunk - 1),
		});
	}
	context.free();
	collector.release();
	const about = { dataset: basename(task.text), chunks: plan.chunks, chunkSize: plan.contextSize };
	const { sha256, sizeBytes } = await writeWhole(
		task.output,
		(part) => writeImatrix(library, part, collector.sums, about),
		async (part) => ({ sha256: await sha256OfFile(part), sizeBytes: (await stat(part)).size }),
	);
	const used = plan.chunks * plan.contextSize;
	const warnings: NativeWarning[] =
		used >= fewTokens
			? []
			: [
					spoken({
						code: 'few-tokens',
						message: said`The matrix comes from ${amount(used, 'token')} only; from ${figure(fewTokens)} on it is dependable.`,
					}),
				];
	return {
		path: task.output,
		sizeBytes,
		sha256,
		entries: collector.sums.size,
		chunks: plan.chunks,
		textSha256: text.sha256,
		perplexity: scores.perplexity(),
		model: model.facts,
		warnings,
		conditions: conditionsOf(library, task.threads),
		elapsedMs: performance.now() - started,
	};
}
