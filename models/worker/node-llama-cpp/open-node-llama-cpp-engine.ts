import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Llama, LlamaContextOptions, LlamaModel, Token } from 'node-llama-cpp';
import { defaultSampling } from '../../contract/default-sampling.ts';
import { nodeLlamaCppLimits } from '../../contract/engine-names.ts';
import { Failure, type FailureFacts } from '../../contract/failure.ts';
import type { Capabilities, LoadOptions, ThreadTrial } from '../../contract/load.ts';
import { longestContext } from '../../contract/load-limits.ts';
import { said } from '../../contract/said.ts';
import type { Engine } from '../../engine.ts';
import { textOf } from '../../gguf/model-facts.ts';
import { readGguf } from '../../gguf/read-gguf.ts';
import { type CacheShape, checkCacheTypes } from '../../native/cache-type.ts';
import { cacheBytesPerToken, checkWeightsFit, chooseContextSize } from '../../native/context-size.ts';
import { loadFailure, weightsInvalid } from '../../native/load-failure.ts';
import { createTokenCounter } from '../../prompt/count-tokens.ts';
import { createPromptBuilder, createTextPromptBuilder } from '../../prompt/prompt-builder.ts';
import { mentionsReasoning } from '../../prompt/reasoning-tag.ts';
import type { LoadRequest } from '../../runtime/protocol.ts';
import { warnIfMeaningless } from '../check-vectors.ts';
import type { EngineHooks } from '../engine-hooks.ts';
import { contextBatchSize } from '../llama/prompt-slices.ts';
import { createLogKeeper, type LogKeeper } from '../log-keeper.ts';
import { writeToStderrNow } from '../stderr.ts';
import { threadCounts, tryThreads } from '../thread-choice.ts';
import { createThreadTuner } from '../thread-tuner.ts';
import { type Contexts, openContexts } from './contexts.ts';
import { createDecoder } from './decoder.ts';
import { createGrammar } from './grammar.ts';
import { openNodeLlamaCpp } from './library.ts';
import { openNodeLlamaCppEmbeddingEngine } from './node-llama-cpp-embedding-engine.ts';
import { createNodeLlamaCppEngine } from './node-llama-cpp-engine.ts';
import { createAnswerSampler } from './sampling.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Longest wait for the log lines that explain a failed load, ms; they come within a few turns of the event loop. */
const lastLinesMs = 50;

/**
 * Loads a model file with node-llama-cpp's own API; throws a Failure that says why it can't be loaded. `instead`: why
 * llama.cpp's C API is not used; null if this engine was chosen.
 */
export async function openNodeLlamaCppEngine(
	request: LoadRequest,
	hooks: EngineHooks,
	instead: FailureFacts | null,
): Promise<Engine> {
	const log = createLogKeeper((line) => {
		writeToStderrNow(line);
		hooks.log('warn', line);
	});
	try {
		return await open(request, hooks, log, instead);
	} catch (error) {
		// node-llama-cpp passes llama.cpp's last lines on after its own error.
		await sleep(lastLinesMs);
		throw loadFailure(request.path, error, log.lines());
	}
}

function checkOptions({ rope = {} }: LoadOptions): void {
	if (rope.frequencyBase === undefined && rope.frequencyScale === undefined) return;
	throw new Failure({
		code: 'load-option-unsupported',
		message: said`node-llama-cpp can’t change a model’s positions (RoPE).`,
		next: [
			said`Set the positions back to those of the file, in the load settings of the model`,
			said`Choose the automatic engine there`,
		],
	});
}

/** Reads what both the checks and the conversation need from the file: node-llama-cpp accepts truncated headers. */
async function readFacts(path: string) {
	const { facts, header, problem } = await readGguf(path);
	if (problem !== null) throw problem;
	const shape: CacheShape = {
		facts: {
			path,
			layers: facts.layers ?? 0,
			embeddingLength: facts.embeddingLength ?? 0,
			heads: facts.headCount ?? 0,
			kvHeads: facts.headCountKv ?? facts.headCount ?? 0,
		},
		numberOf(key) {
			const value = header.metadata.get(`${facts.architecture}.${key}`);
			return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
		},
	};
	return { ...facts, shape, ownTemplate: textOf(header, 'tokenizer.chat_template') };
}

async function open(
	{ path, options, knownThreadTrials }: LoadRequest,
	hooks: EngineHooks,
	log: LogKeeper,
	instead: FailureFacts | null,
): Promise<Engine> {
	const { contextLength, sizeBytes, layers, vocabularySize, shape, ownTemplate, kind, ...more } = await readFacts(path);
	const template = options.chatTemplate?.source ?? ownTemplate;
	checkOptions(options);
	checkCacheTypes(shape, options);
	const cores = availableParallelism();
	const counts = options.threads === 'auto' ? threadCounts(cores) : [Math.min(options.threads, cores)];
	const threads = Math.max(...counts);
	const { llama, build, gpuFailure } = await openNodeLlamaCpp(options.gpu ?? 'auto', threads, log.add);
	const vramBefore = (await llama.getVramState()).used;
	const inMemory = llama.gpu === 'cuda' || llama.gpu === 'vulkan' ? 0 : 1;
	checkWeightsFit(sizeBytes * inMemory, process.availableMemory());

	hooks.progress({ stage: 'weights', fraction: 0 });
	const model = await llama.loadModel({
		modelPath: path,
		gpuLayers: llama.gpu === false ? 0 : (options.gpuLayers ?? 'auto'),
		useMmap: options.mapWeights ?? true,
		useMlock: options.lockMemory ?? false,
		checkTensors: options.checkTensors,
		// Assay's own checks are made already; these would refuse what those allow.
		ignoreMemorySafetyChecks: true,
		onLoadProgress: (fraction) => hooks.progress({ stage: 'weights', fraction: Math.min(1, fraction) }),
	});

	hooks.progress({ stage: 'context', fraction: null });
	if (kind === 'embedding' || kind === 'reranker') {
		const engine = await openNodeLlamaCppEmbeddingEngine(
			{ llama, model },
			{ kind, build, instead, threads, contextSize: contextLength ?? 512, dimensions: more.embeddingLength ?? 0 },
			vocabularyOf(model, vocabularySize ?? 0),
		);
		await warnIfMeaningless(engine, kind, path, hooks.log);
		return engine;
	}
	const contextSize = chooseContextSize({
		wanted: options.contextSize,
		trainedLength: longestContext(contextLength, options.rope),
		bytesPerToken: await cacheBytesPerToken(shape, options),
		weightBytes: sizeBytes * inMemory,
		availableBytes: process.availableMemory(),
	});
	const contexts = await openContexts(
		model,
		path,
		contextOptions(contextSize, threads, options),
		options.adapters ?? [],
	);

	hooks.progress({ stage: 'threads', fraction: null });
	const setThreads = (count: number): void => {
		llama.maxThreads = count;
	};
	setThreads(counts[0]!);
	const [first = 0 as Token] = model.tokenize('The');
	if (!(await givesNumbers(contexts, first))) throw weightsInvalid(path);
	const known = (knownThreadTrials?.['node-llama-cpp'] ?? []).filter((trial) => counts.includes(trial.threads));
	let trials: readonly ThreadTrial[] = known;
	if (known.length === 0) trials = await measureThreads(contexts, first, counts, setThreads);
	const tuner = createThreadTuner({ counts, trials, setThreads, changed: () => hooks.capabilities(capabilities()) });
	await contexts.sequence.clearHistory();

	const vocabulary = vocabularyOf(model, vocabularySize ?? 0);
	const loadMs = process.uptime() * 1000;
	const residentBytes = process.memoryUsage.rss();
	const gpu = await gpuFacts(llama, model, (layers ?? 0) + 1, vramBefore, gpuFailure);
	const capabilities = (): Capabilities => ({
		engineBuild: build,
		engine: 'node-llama-cpp',
		...(instead === null ? {} : { engineFailure: instead }),
		limits: [...nodeLlamaCppLimits],
		...gpu,
		contextSize,
		trainedContextLength: contextLength,
		vocabularySize: vocabulary.size,
		parallelAnswers: 1,
		threads: tuner.threads,
		threadTrials: [...tuner.trials].filter((trial) => trial.tokensPerSecond > 0),
		chat: template !== null,
		reasoning: template !== null && mentionsReasoning(template),
		loadMs,
		residentBytes,
	});
	const addStart = options.chatTemplate !== undefined;
	const promptOptions = {
		template,
		addStart,
		modelName: basename(path),
		contextSize,
		trainedContextLength: contextLength,
		vocabulary,
	};
	return createNodeLlamaCppEngine({
		contextSize,
		vocabularySize: vocabulary.size,
		vocabulary,
		buildPrompt: createPromptBuilder(promptOptions),
		buildTextPrompt: createTextPromptBuilder(promptOptions),
		templateStops: options.chatTemplate?.stop ?? [],
		countTokens: createTokenCounter(promptOptions),
		ends: (token) => model.isEogToken(token as Token),
		detokenize: (some, before) => model.detokenize(some as number[] as Token[], false, before as number[] as Token[]),
		createSampler: (request, { begun }) => createAnswerSampler(request, begun),
		textOfToken: (token) => model.detokenize([token as Token], true),
		decoder: createDecoder({
			contexts,
			batchSize: options.batchSize,
			tuner,
			createGrammar: (grammar) => createGrammar(model, grammar),
		}),
		tuner,
		capabilities,
		chatTemplate: template,
		adapters: options.adapters ?? [],
		setAdapters: contexts.setAdapters,
		async free() {
			await contexts.dispose();
			await model.dispose();
		},
	});
}

function contextOptions(
	contextSize: number,
	threads: number,
	{ batchSize, keyType, valueType, flashAttention = 'auto' }: LoadOptions,
): LlamaContextOptions {
	return {
		contextSize,
		sequences: 1,
		batchSize: contextBatchSize(batchSize),
		threads,
		flashAttention: flashAttention === 'auto' ? 'auto' : flashAttention === 'on',
		// The whole cache, as the C API has it: a follow-up then reuses any prefix.
		swaFullCache: true,
		ignoreMemorySafetyChecks: true,
		failedCreationRemedy: false,
		// There is one sequence, so there is nothing to wait for.
		batching: { dispatchSchedule: (dispatch) => dispatch() },
		...(keyType === undefined ? {} : { experimentalKvCacheKeyType: keyType }),
		...(valueType === undefined ? {} : { experimentalKvCacheValueType: valueType }),
	};
}

/**
 * Returns false if the model's results are not numbers: llama.cpp loads such weights unless told to check all of them.
 */
async function givesNumbers({ sequence }: Contexts, token: Token): Promise<boolean> {
	const [answer] = await sequence.controlledEvaluate([[token, { generateNext: { confidence: true } }]]);
	return Number.isFinite(answer?.next.confidence);
}

/** Measures thread counts on tokens sampled as in an answer, so that the speeds are comparable with an answer's. */
async function measureThreads(
	{ sequence }: Contexts,
	first: Token,
	counts: readonly number[],
	setThreads: (threads: number) => void,
): Promise<ThreadTrial[]> {
	if (counts.length === 1) return [{ threads: counts[0]!, tokensPerSecond: 0 }];
	const { options } = createAnswerSampler({ sampling: { ...defaultSampling, seed: 1 } }, []);
	const tokens = sequence.evaluate([first], options);
	try {
		await tokens.next();
		return await tryThreads(counts, setThreads, async () => void (await tokens.next()));
	} finally {
		await tokens.return();
	}
}

/** Returns what a loaded model runs on, and why the requested GPU is not used. */
async function gpuFacts(
	llama: Llama,
	model: LlamaModel,
	ofLayers: number,
	usedBefore: number,
	failure: FailureFacts | null,
): Promise<Pick<Capabilities, 'backend' | 'gpu' | 'gpuFailure'>> {
	const failed = failure === null ? {} : { gpuFailure: failure };
	if (llama.gpu === false || model.gpuLayers === 0) return { backend: 'cpu', ...failed };
	const { used } = await llama.getVramState();
	const device = (await llama.getGpuDeviceNames()).join(', ');
	const layers = Math.min(model.gpuLayers, ofLayers);
	return { backend: llama.gpu, gpu: { device, layers, ofLayers, usedBytes: Math.max(0, used - usedBefore) } };
}
