import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Capabilities, LoadOptions, ThreadTrial } from '../../contract/load.ts';
import { longestContext } from '../../contract/load-limits.ts';
import type { Engine } from '../../engine.ts';
import { engineBuild } from '../../engine-build.ts';
import { partNameOf, partPaths } from '../../gguf/split-files.ts';
import { checkCacheTypes } from '../../native/cache-type.ts';
import { NativeContext } from '../../native/context.ts';
import { cacheBytesPerToken, checkWeightsFit, chooseContextSize } from '../../native/context-size.ts';
import { chooseOffload, freeVram } from '../../native/gpu-offload.ts';
import { copiedBytes, type EngineBuffer, readBufferLine } from '../../native/libllama/buffer-log.ts';
import { nameOf, openNativeLibrary } from '../../native/libllama/open-library.ts';
import { loadFailure, weightsInvalid } from '../../native/load-failure.ts';
import { NativeModel } from '../../native/model.ts';
import { createPromptScorer } from '../../native/prompt-scores.ts';
import { createSampler } from '../../native/sampler.ts';
import { withScores } from '../../native/scored-sampler.ts';
import { NativeSequence } from '../../native/sequence.ts';
import { createTokenCounter } from '../../prompt/count-tokens.ts';
import { createPromptBuilder, createTextPromptBuilder } from '../../prompt/prompt-builder.ts';
import { mentionsReasoning } from '../../prompt/reasoning-tag.ts';
import { vocabularyOf } from '../../prompt/vocabulary.ts';
import type { LoadRequest } from '../../runtime/protocol.ts';
import { warnIfMeaningless } from '../check-vectors.ts';
import type { EngineHooks } from '../engine-hooks.ts';
import { createLogKeeper, type LogKeeper } from '../log-keeper.ts';
import { writeToStderrNow } from '../stderr.ts';
import { threadCounts } from '../thread-choice.ts';
import { createThreadTuner, type ThreadTuner } from '../thread-tuner.ts';
import { type AdapterSwitch, createAdapterSwitch } from './adapter-switch.ts';
import { givesNumbers, measureThreads, someTokens, timeTokens } from './calibration.ts';
import { openDraftModel } from './draft-model.ts';
import type { Drafter } from './drafter.ts';
import { createLlamaEmbeddingEngine, kindOf } from './llama-embedding-engine.ts';
import { createLlamaEngine, type LlamaEngineOptions } from './llama-engine.ts';
import { createPromptLookup } from './prompt-lookup.ts';
import { contextBatchSize, createSlices } from './prompt-slices.ts';
import { createSavedStates, stateIdentity } from './saved-states.ts';

async function contextSizeFor(model: NativeModel, request: LoadRequest, inMemory: number): Promise<number> {
	return chooseContextSize({
		wanted: request.options.contextSize,
		trainedLength: longestContext(model.numberOf('context_length'), request.options.rope),
		bytesPerToken: await cacheBytesPerToken(model, request.options),
		weightBytes: model.facts.sizeBytes * inMemory,
		availableBytes: process.availableMemory(),
	});
}

/** Each answer needs at least this many tokens, or it does not help to compute them at once. */
const leastTokensEach = 512;

/** Default number of answers at once: more slow each other down more than they gain together. */
const usualAnswers = 8;

/**
 * Returns the number of answers computed together. A recurrent model has a separate state for each that can't be
 * truncated, so for it the number is one.
 */
function answersAtOnce(
	{ pointer, library }: NativeModel,
	wanted: number | 'auto' = 'auto',
	contextSize: number,
): number {
	const { functions } = library;
	if (functions.llama_model_is_recurrent(pointer) || functions.llama_model_is_hybrid(pointer)) return 1;
	if (wanted !== 'auto') return wanted;
	return Math.max(1, Math.min(usualAnswers, Math.floor(contextSize / leastTokensEach)));
}

/** Returns the size of all parts if the file is split. */
function weightBytesOf(path: string): number {
	const part = partNameOf(path);
	const paths = part === null ? [path] : partPaths(path, part);
	return paths.reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Loads a model file with llama.cpp; throws a Failure that says why it can't be loaded. */
export async function openLlamaEngine(request: LoadRequest, hooks: EngineHooks): Promise<Engine> {
	const log = createLogKeeper((line) => {
		writeToStderrNow(line);
		hooks.log('warn', line);
	});
	try {
		return await open(request, hooks, log);
	} catch (error) {
		throw loadFailure(request.path, error, log.lines());
	}
}

async function openDrafter(
	model: NativeModel,
	drafting: LoadOptions['drafting'],
	contextSize: number,
	threads: () => number,
): Promise<Drafter | null> {
	if (drafting === undefined || drafting === 'off') return null;
	return drafting === 'lookup'
		? createPromptLookup()
		: await openDraftModel(model, drafting.path, contextSize, threads);
}

async function open(
	{ path, options, knownThreadTrials, savedStates }: LoadRequest,
	hooks: EngineHooks,
	log: LogKeeper,
): Promise<Engine> {
	const cores = availableParallelism();
	const counts = options.threads === 'auto' ? threadCounts(cores) : [Math.min(options.threads, cores)];
	const library = openNativeLibrary(options.gpu ?? 'auto');
	const freeBefore = freeVram(library);
	const offload = await chooseOffload(library, path, { ...options, gpuLayers: options.gpuLayers ?? 'auto' });
	const inMemory = 1 - offload.share;
	checkWeightsFit(weightBytesOf(path) * inMemory, process.availableMemory());
	const buffers: EngineBuffer[] = [];
	library.log.onLine = ({ level, text }) => {
		const buffer = readBufferLine(text);
		if (buffer !== null) buffers.push(buffer);
		if (level === 'warn' || level === 'error') log.add(text);
	};

	hooks.progress({ stage: 'weights', fraction: 0 });
	const model = await NativeModel.open(library, path, {
		checkTensors: options.checkTensors,
		mapWeights: options.mapWeights ?? true,
		lockMemory: options.lockMemory ?? false,
		gpuLayers: offload.layers,
		onProgress: (fraction) => hooks.progress({ stage: 'weights', fraction: Math.min(1, fraction) }),
	});
	if (model === null) throw new Error('Failed to load model');

	hooks.progress({ stage: 'context', fraction: null });
	const kind = await kindOf(model);
	if (kind !== 'model') {
		const engine = createLlamaEmbeddingEngine(model, kind, options, hooks);
		await warnIfMeaningless(engine, kind, path, hooks.log);
		return engine;
	}
	const contextSize = await contextSizeFor(model, { path, options }, inMemory);
	checkCacheTypes(model, options);
	const batchSize = contextBatchSize(options.batchSize);
	const parallelAnswers = answersAtOnce(model, options.parallelAnswers, contextSize);
	const context = new NativeContext(model, {
		contextSize,
		sequences: parallelAnswers,
		batchSize,
		microBatchSize: batchSize,
		threads: Math.max(...counts),
		keyType: options.keyType,
		valueType: options.valueType,
		flashAttention: options.flashAttention,
		rope: options.rope,
	});
	const adapters = createAdapterSwitch(model, context);
	if (options.adapters !== undefined) await adapters.setUsual(options.adapters);
	const sequence = new NativeSequence(context);

	hooks.progress({ stage: 'threads', fraction: null });
	const { tuner, tokenMs } = await tuneThreads(model, context, sequence, {
		counts,
		known: knownThreadTrials?.['c-api'] ?? [],
		changed: () => hooks.capabilities(capabilities()),
	});

	const vocabulary = vocabularyOf(model);
	const template = options.chatTemplate?.source ?? model.meta('tokenizer.chat_template');
	const loadMs = process.uptime() * 1000;
	const residentBytes = process.memoryUsage.rss();
	const copied = copiedBytes(buffers);
	const usedVram = Math.max(0, freeBefore - freeVram(library));
	const capabilities = (): Capabilities => ({
		engineBuild,
		...gpuFacts(model, usedVram),
		contextSize,
		trainedContextLength: model.numberOf('context_length'),
		vocabularySize: vocabulary.size,
		parallelAnswers,
		threads: tuner.threads,
		threadTrials: [...tuner.trials].filter((trial) => trial.tokensPerSecond > 0),
		chat: template !== null,
		reasoning: template !== null && mentionsReasoning(template),
		loadMs,
		residentBytes,
		copiedBytes: copied,
	});
	const identity = (): string => stateIdentity(path, options, adapters.active, model.gpuLayers);
	const addStart = options.chatTemplate !== undefined;
	const trainedContextLength = model.numberOf('context_length');
	const promptOptions = {
		template,
		addStart,
		modelName: basename(path),
		contextSize,
		trainedContextLength,
		vocabulary,
	};
	return createLlamaEngine({
		context,
		contextSize,
		vocabularySize: vocabulary.size,
		vocabulary,
		buildPrompt: createPromptBuilder(promptOptions),
		buildTextPrompt: createTextPromptBuilder(promptOptions),
		templateStops: options.chatTemplate?.stop ?? [],
		createSampler({ sampling, grammar, logitBias, logprobs }, { begun, calls }, scores) {
			const sampler = createSampler(model, sampling, { begun, grammar, logitBias, calls: calls?.grammar ?? undefined });
			return logprobs === undefined ? sampler : withScores(model, sampler, logprobs, scores);
		},
		textOfToken: (token) => Buffer.from(model.bytesOf(token)).toString('utf8'),
		countTokens: createTokenCounter(promptOptions),
		ends: (token) => model.ends(token),
		detokenize: (some, before) => model.textAfter(some, before),
		slices: createSlices({
			batchSize: options.batchSize,
			tokenMs,
			heads: model.facts.heads,
			threads: () => tuner.threads,
		}),
		drafter: await openDrafter(model, options.drafting, contextSize, () => tuner.threads),
		states:
			savedStates === undefined ? null : createSavedStates(savedStates, identity, (line) => hooks.log('warn', line)),
		tuner,
		// Not the fastest, which may be another one at the next load.
		fixedThreads: Math.max(...counts),
		capabilities,
		chatTemplate: template,
		adapters,
		createScorer: openScorers(model, { contextSize, rope: options.rope, adapters, tuner }),
	});
}

/**
 * Chooses the number of threads by the speeds that an earlier load measured, or measures them, and times tokens with it.
 * Leaves the sequence empty. Throws Failure `model-weights-invalid`.
 */
async function tuneThreads(
	model: NativeModel,
	context: NativeContext,
	sequence: NativeSequence,
	{
		counts,
		known,
		changed,
	}: { readonly counts: readonly number[]; readonly known: readonly ThreadTrial[]; changed(): void },
): Promise<{ readonly tuner: ThreadTuner; readonly tokenMs: number }> {
	const setThreads = (threads: number): void => context.setThreads(threads);
	const tokens = someTokens(model);
	const [first = 0] = tokens;
	setThreads(counts[0]!);
	if (!(await givesNumbers(sequence, first))) throw weightsInvalid(model.facts.path);
	let trials = known.filter((trial) => counts.includes(trial.threads));
	if (trials.length === 0) trials = await measureThreads(sequence, first, counts, setThreads);
	const tuner = createThreadTuner({ counts, trials, setThreads, changed });
	sequence.cut(0);
	const tokenMs = await timeTokens(sequence, tokens);
	sequence.cut(0);
	return { tuner, tokenMs };
}

/** Returns a function that creates a scorer of prompts. It has its own context, with the current adapters and threads. */
function openScorers(
	model: NativeModel,
	{
		contextSize,
		rope,
		adapters,
		tuner,
	}: Pick<LoadOptions, 'rope'> & {
		readonly contextSize: number;
		readonly adapters: AdapterSwitch;
		readonly tuner: ThreadTuner;
	},
): LlamaEngineOptions['createScorer'] {
	return (inTurn) =>
		createPromptScorer(model, {
			contextSize,
			// The cache of a measurement, whatever that of the chat: the same numbers as `assay loglikelihood`.
			createContext({ cells, sequences, batchSize }) {
				const scoring = new NativeContext(model, {
					contextSize: cells,
					sequences,
					batchSize,
					microBatchSize: batchSize,
					threads: tuner.threads,
					rope,
				});
				if (adapters.scoring.pointers.length > 0) scoring.setAdapters(adapters.scoring);
				return scoring;
			},
			decode: (scoring) =>
				inTurn(async () => {
					scoring.setThreads(tuner.threads);
					await scoring.decode();
				}),
		});
}

/** Returns what a loaded model runs on, and why the requested GPU is not used. */
export function gpuFacts(
	{ library: { gpus, gpuFailure }, gpuLayers, facts }: Pick<NativeModel, 'library' | 'gpuLayers' | 'facts'>,
	usedBytes: number,
): Pick<Capabilities, 'backend' | 'gpu' | 'gpuFailure'> {
	const [first] = gpus;
	const failed = gpuFailure === null ? {} : { gpuFailure };
	if (first === undefined || first.backend === null || gpuLayers === 0) return { backend: 'cpu', ...failed };
	return {
		backend: first.backend,
		gpu: { device: gpus.map(nameOf).join(', '), layers: gpuLayers, ofLayers: facts.layers + 1, usedBytes },
	};
}
