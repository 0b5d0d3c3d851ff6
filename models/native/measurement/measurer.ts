import { stat } from 'node:fs/promises';
import { Failure } from '../../contract/failure.ts';
import type { ContextUsage, Turn } from '../../contract/generation.ts';
import { usualContext } from '../../contract/load-limits.ts';
import type {
	LikelihoodItem,
	MeasuredLikelihood,
	MeasuredRow,
	MeasureFacts,
	MeasureOptions,
	MeasurePrompt,
	MeasureRow,
	MeasureUsage,
} from '../../contract/native/tasks.ts';
import { amount, said } from '../../contract/said.ts';
import { engineBuild } from '../../engine-build.ts';
import { measureContextUsage } from '../../prompt/context-overflow.ts';
import { conditionsOf } from '../conditions.ts';
import { cacheBytesPerToken, checkWeightsFit, chooseContextSize } from '../context-size.ts';
import { chooseOffload } from '../gpu-offload.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { scoreEncoded } from '../log-likelihood.ts';
import { encodeAfter, encodeRequest } from '../log-likelihood-encoding.ts';
import { NativeModel } from '../model.ts';
import { sequencesNeeded } from './batch-schedule.ts';
import type { DecodeGate } from './decode-gate.ts';
import { generateIndependent } from './generate-independent.ts';
import { generateSingle } from './generate-single.ts';
import { type GenerateParts, generateTogether } from './generate-together.ts';
import { laneCells, planLanes } from './lanes.ts';
import { ReusableContext } from './reusable-context.ts';
import { createPromptTokenizer, type PreparedRow, prepareRows, templateOf } from './row-prompts.ts';
import { contextCells, planShard } from './shard-plan.ts';

/** Default for the most cells of a batch, if the requested width needs more. */
const usualCells = 32_768;

/** Tokens per decode of several rows; a single row uses the chat's. */
const batchSize = { several: 512, single: 576 } as const;

/** A loaded model for measuring; one call at a time. */
export interface Measurer {
	readonly facts: MeasureFacts;
	generate(
		rows: readonly MeasureRow[],
		gate: DecodeGate,
		onRow: (index: number, row: MeasuredRow) => void,
	): Promise<MeasuredRow[]>;
	likelihood(items: readonly LikelihoodItem[], gate: DecodeGate): Promise<MeasuredLikelihood[]>;
	count(prompts: readonly MeasurePrompt[]): number[];
	usage(request: MeasureUsage): ContextUsage;
}

function cellsTooMany(cells: number): Failure {
	return new Failure({
		code: 'context-too-large',
		message: said`Rows decoded together need room for ${amount(cells, 'token')}, which this computer’s memory does not have now.`,
		next: [said`Decode fewer rows together`, said`Let answers be shorter`, said`Close other programs`],
	});
}

/**
 * Loads a model for measuring. Throws the Failures of NativeModel.load, `not-enough-memory` and `context-too-large`.
 */
export async function openMeasurer(library: NativeLibrary, options: MeasureOptions): Promise<Measurer> {
	const { width, threads, independent } = options;
	const file = await stat(options.model).catch(() => null);
	// NativeModel.load explains a missing file.
	const offload = await chooseOffload(library, options.model, {
		gpuLayers: options.gpuLayers,
		contextSize: options.contextSize ?? 'auto',
		batchSize: width === 1 || independent ? batchSize.single : batchSize.several,
	});
	const inMemory = 1 - offload.share;
	if (file !== null) checkWeightsFit(file.size * inMemory, process.availableMemory());
	const { checkTensors, adapters } = options;
	const model = await NativeModel.load(library, options.model, { checkTensors, adapters, gpuLayers: offload.layers });
	const trainedLength = model.numberOf('context_length');
	const bytesPerToken = await cacheBytesPerToken(model);
	const weightBytes = model.facts.sizeBytes * inMemory;
	// Not the largest that fits now: equal options must give equal bits.
	const contextSize = chooseContextSize({
		wanted: options.contextSize ?? Math.min(usualContext, trainedLength ?? usualContext),
		trainedLength,
		bytesPerToken,
		weightBytes,
		availableBytes: process.availableMemory(),
	});
	const cells = Math.max(contextSize, options.cells ?? Math.min(width * contextSize, usualCells));
	const checkCells = (needed: number): void => {
		const free = process.availableMemory() * 0.9 - needed * bytesPerToken;
		if (free < 0) throw cellsTooMany(needed);
	};
	const { functions } = library;
	const recurrent = functions.llama_model_is_recurrent(model.pointer) || functions.llama_model_is_hybrid(model.pointer);
	const tokenize = createPromptTokenizer(model, options.chatTemplate);
	const contexts = new ReusableContext(model, threads);

	const answer = async (parts: Omit<GenerateParts, 'kept'>, rows: readonly PreparedRow[]): Promise<void> => {
		if (rows.length === 0) return;
		if (width === 1) {
			checkCells(contextSize);
			await contexts.lend({ cells: contextSize, sequences: 1, batchSize: batchSize.single }, (kept) =>
				generateSingle({ ...parts, kept }, rows),
			);
			return;
		}
		if (independent) {
			const longest = Math.max(...rows.map((row) => row.tokens.length + row.maxTokens));
			const most = Math.floor(cells / contextCells(longest));
			const lanes = planLanes(Math.min(width, rows.length), most, !recurrent);
			const rowCells = laneCells(longest);
			const { sequences } = lanes;
			checkCells(rowCells * sequences);
			await contexts.lend(
				{ cells: rowCells * sequences, sequences, batchSize: batchSize.single, ownCells: true },
				(kept) => generateIndependent({ ...parts, kept }, rows, { ...lanes, canCut: !recurrent }),
			);
			return;
		}
		// The state of recurrent models can't be truncated to part of a prompt.
		const plan = planShard(rows, width, cells, !recurrent);
		checkCells(plan.cells);
		await contexts.lend(
			{ cells: plan.cells, sequences: sequencesNeeded(plan, width), batchSize: batchSize.several },
			(kept) => generateTogether({ ...parts, kept }, rows, plan, width),
		);
	};

	return {
		facts: {
			...conditionsOf(library, threads, model.gpuLayers),
			engineBuild,
			model: model.facts,
			chat: templateOf(model, options.chatTemplate) !== null,
			contextSize,
			width,
			cells,
			loadMs: process.uptime() * 1000,
		},
		async generate(rows, gate, onRow) {
			const measured: MeasuredRow[] = [];
			const finished = (index: number, row: MeasuredRow): void => {
				measured[index] = row;
				onRow(index, row);
			};
			const { prepared, failed } = prepareRows(model, rows, tokenize, contextSize, options.chatTemplate?.stop);
			for (const { index, failure } of failed) finished(index, { failure: failure.facts() });
			await answer({ contextSize, gate, finished }, prepared);
			return measured;
		},
		async likelihood(items, gate) {
			const encoded = items.map(({ context, continuations, addBos }) => {
				const tokenizer = {
					encode: (text: string) => model.tokenize(Buffer.from(text, 'utf8'), false),
					prefixToken: model.prefixToken,
					startToken: addBos === 'auto' ? model.startToken : null,
				};
				return typeof context === 'string'
					? encodeRequest(tokenizer, { context, continuations }, contextSize)
					: encodeAfter(tokenizer, tokenize(context).tokens, continuations, contextSize);
			});
			const { rows } = await scoreEncoded(encoded, {
				withContext: ({ cells: needed, ...needs }, work) =>
					contexts.lend({ ...needs, cells: contextCells(needed) }, async (kept) => {
						kept.prefix = [];
						kept.context.clear();
						await work(kept.context);
					}),
				decode: (context) => gate.work(context, () => context.decode()),
			});
			return rows.map(({ index: _index, ...row }) => row);
		},
		count: (prompts) => prompts.map((prompt) => tokenize(prompt).tokens.length),
		usage: ({ turns, texts }) =>
			measureContextUsage(
				{ turns, texts, contextSize },
				// These have no calls and no results: only the fields of a plain turn.
				(some) => (some.length === 0 ? [] : tokenize({ turns: some as Turn[] }).tokens),
				(tokens) => tokens.length,
				(text) => model.tokenize(Buffer.from(text, 'utf8'), false).length,
			),
	};
}
