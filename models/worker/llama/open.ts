import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { getLlama, getModuleVersion, type Llama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { Failure } from '../../contract/failure.ts';
import type { Capabilities, ThreadTrial } from '../../contract/load.ts';
import type { Engine } from '../../engine.ts';
import type { LoadRequest } from '../../runtime/protocol.ts';
import { writeLastWords } from '../last-words.ts';
import type { EngineHooks } from '../open-engine.ts';
import { checkWeightsFit, chooseContextSize, kvBytesPerToken } from './context-size.ts';
import { createLlamaEngine } from './engine.ts';
import { loadFailure, weightsInvalid } from './load-failure.ts';
import { createLogKeeper, type LogKeeper } from './log.ts';
import { givesNumbers, measureThreads, someTokens, timeTokens } from './measure.ts';
import { createPromptBuilder } from './prompt/builder.ts';
import { createPromptMeasurer } from './prompt/measurer.ts';
import { vocabularyOf } from './prompt/vocabulary.ts';
import { contextBatchSize, createSlices } from './slices.ts';
import { threadCounts } from './threads/trials.ts';
import { createThreadTuner } from './threads/tuner.ts';

async function openLlama(log: LogKeeper, maxThreads: number): Promise<Llama> {
	try {
		return await getLlama({
			// Only the CPU is measured and supported so far; with 'auto' a machine without a GPU may get Vulkan.
			gpu: false,
			build: 'never',
			skipDownload: true,
			progressLogs: false,
			logLevel: LlamaLogLevel.warn,
			logger: log.logger,
			maxThreads,
		});
	} catch (error) {
		throw new Failure(
			{
				code: 'engine-unavailable',
				message: `llama.cpp can't run on this computer: ${error instanceof Error ? error.message : String(error)}.`,
				next: ['Install Assay again', 'Check that this is a 64-bit system with a current C library'],
				detail: (await log.lines()).join('\n'),
			},
			{ cause: error },
		);
	}
}

/** One of `value`, or one for each layer. */
function perLayer(value: unknown, fallback: number): readonly number[] {
	if (typeof value === 'number') return [value];
	if (Array.isArray(value) && value.every((one) => typeof one === 'number')) return value;
	return [fallback];
}

function headsOf(model: LlamaModel): number {
	return perLayer(model.fileInfo.architectureMetadata.attention?.head_count, 1)[0] ?? 1;
}

function contextSizeFor(model: LlamaModel, request: LoadRequest): number {
	const facts = model.fileInfo.architectureMetadata;
	const heads = headsOf(model);
	const headLength = (facts.embedding_length ?? 0) / heads;
	const bytesPerToken = kvBytesPerToken(
		facts.block_count ?? 0,
		facts.attention?.key_length ?? headLength,
		facts.attention?.value_length ?? headLength,
		perLayer(facts.attention?.head_count_kv, heads),
	);
	return chooseContextSize({
		wanted: request.options.contextSize,
		trainedLength: facts.context_length ?? null,
		bytesPerToken,
		weightBytes: model.size,
		availableBytes: process.availableMemory(),
	});
}

/** Loads a model file with node-llama-cpp; throws a Failure that says why it can't be. */
export async function openLlamaEngine(request: LoadRequest, hooks: EngineHooks): Promise<Engine> {
	const log = createLogKeeper((line) => {
		writeLastWords(line);
		hooks.log('warn', line);
	});
	try {
		return await open(request, hooks, log);
	} catch (error) {
		throw loadFailure(request.path, error, await log.lines());
	}
}

async function open(
	{ path, options, knownThreadTrials }: LoadRequest,
	hooks: EngineHooks,
	log: LogKeeper,
): Promise<Engine> {
	const cores = availableParallelism();
	const counts = options.threads === 'auto' ? threadCounts(cores) : [Math.min(options.threads, cores)];
	checkWeightsFit(statSync(path).size, process.availableMemory());
	const llama = await openLlama(log, Math.max(...counts));

	hooks.progress({ stage: 'weights', fraction: 0 });
	const model = await llama.loadModel({
		modelPath: path,
		gpuLayers: 0,
		checkTensors: options.checkTensors,
		onLoadProgress: (fraction) => hooks.progress({ stage: 'weights', fraction: Math.min(1, fraction) }),
	});

	hooks.progress({ stage: 'context', fraction: null });
	const contextSize = contextSizeFor(model, { path, options });
	const context = await model.createContext({
		contextSize,
		batchSize: contextBatchSize(options.batchSize),
		sequences: 1,
		threads: Math.max(...counts),
	});
	const sequence = context.getSequence();

	hooks.progress({ stage: 'threads', fraction: null });
	const setThreads = (threads: number): void => {
		llama.maxThreads = threads;
	};
	const tokens = someTokens(model);
	setThreads(counts[0]!);
	if (!(await givesNumbers(sequence, tokens.slice(0, 1)))) throw weightsInvalid(path);
	const known = (knownThreadTrials ?? []).filter((trial) => counts.includes(trial.threads));
	let trials: readonly ThreadTrial[] = known;
	if (known.length === 0) trials = await measureThreads(sequence, tokens, counts, setThreads);
	const tuner = createThreadTuner({ counts, trials, setThreads, changed: () => hooks.capabilities(capabilities()) });
	await sequence.clearHistory();
	const tokenMs = await timeTokens(sequence, tokens);
	await sequence.clearHistory();

	const vocabulary = vocabularyOf(model);
	const template = model.fileInfo.metadata.tokenizer?.chat_template ?? null;
	const engineBuild = `node-llama-cpp ${await getModuleVersion()} (llama.cpp ${llama.llamaCppRelease.release})`;
	const loadMs = process.uptime() * 1000;
	const residentBytes = process.memoryUsage.rss();
	const capabilities = (): Capabilities => ({
		engineBuild,
		backend: 'cpu',
		contextSize,
		trainedContextLength: model.fileInfo.architectureMetadata.context_length ?? null,
		vocabularySize: vocabulary.size,
		threads: tuner.threads,
		threadTrials: [...tuner.trials].filter((trial) => trial.tokensPerSecond > 0),
		chat: template !== null,
		reasoning: template !== null && /<think/.test(template),
		loadMs,
		residentBytes,
	});
	const promptOptions = { template, modelName: basename(path), contextSize, vocabulary };
	return createLlamaEngine({
		sequence,
		contextSize,
		vocabulary,
		buildPrompt: createPromptBuilder(promptOptions),
		tokenize: (text) => vocabulary.tokenize(text, false),
		measure: createPromptMeasurer(promptOptions),
		detokenize: (some, before) => model.detokenize(some as Token[], false, before as Token[]),
		slices: createSlices({
			batchSize: options.batchSize,
			tokenMs,
			heads: headsOf(model),
			threads: () => tuner.threads,
		}),
		tuner,
		capabilities,
	});
}
