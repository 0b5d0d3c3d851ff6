import { performance } from 'node:perf_hooks';
import { getLlama, LlamaLogLevel, type SequenceEvaluateOptions, type Token } from 'node-llama-cpp';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import type { AloneReply, AloneRequest, AloneResult } from './engine-alone.ts';

// Queues requests and handles one at a time; ends with its parent.
const send = (reply: AloneReply) => process.send?.(reply);
process.once('disconnect', () => process.exit(0));

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: process.argv[2]! });
const context = await model.createContext({ contextSize: 4096, batchSize: 512, threads: llama.cpuMathCores });
const sequence = context.getSequence();

/** The app's default sampling, so that both sides pay for the same samplers. */
function samplers(recent: readonly Token[]): SequenceEvaluateOptions {
	return {
		temperature: defaultSampling.temperature,
		topK: defaultSampling.topK,
		topP: defaultSampling.topP,
		minP: defaultSampling.minP,
		seed: 1,
		repeatPenalty: { penalty: defaultSampling.repeatPenalty, punishTokens: () => recent.slice(-64) },
		yieldEogToken: true,
	};
}

async function run({ threads, prompt, maxTokens }: AloneRequest): Promise<AloneResult> {
	llama.maxThreads = threads;
	await sequence.clearHistory();
	const tokens = model.tokenize(prompt, true);
	const recent: Token[] = [];
	const start = performance.now();
	let first = Number.NaN;
	for await (const token of sequence.evaluate(tokens, samplers(recent))) {
		if (recent.length === 0) first = performance.now();
		recent.push(token);
		if (recent.length === maxTokens) break;
	}
	return {
		promptTokens: tokens.length,
		ttftMs: first - start,
		generationMs: performance.now() - first,
		completionTokens: recent.length,
	};
}

let last: Promise<void> = Promise.resolve();
process.on('message', ({ id, request }: { id: number; request: AloneRequest }) => {
	last = last.then(async () => {
		try {
			send({ id, result: await run(request) });
		} catch (error) {
			send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
		}
	});
});
send({ ready: true });
