import { performance } from 'node:perf_hooks';
import { getLlama, type LlamaContextSequence, LlamaLogLevel } from 'node-llama-cpp';
import { generatedTokens, inSlots } from './evaluation/samples.ts';

// Answers several prompts at once in node-llama-cpp's way: sequences of one context, each evaluated in its own loop,
// batched by the library. Each sequence keeps the common beginning of the prompts. Ends with its parent.

/** Prompts to answer; the reply is the time that took. */
export type SequencesRequest = { prompts: readonly string[] };
export type SequencesReply = { ready: true } | { ms: number } | { error: string };

const send = (reply: SequencesReply) => process.send?.(reply);
process.once('disconnect', () => process.exit(0));

const [modelPath = '', slots = '1', threads = '1'] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
llama.maxThreads = Number(threads);
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({
	contextSize: 1024,
	sequences: Number(slots),
	batchSize: 512,
	threads: Number(threads),
});
const sequences = Array.from({ length: Number(slots) }, () => context.getSequence());

async function answer(sequence: LlamaContextSequence, prompt: string): Promise<void> {
	const tokens = model.tokenize(prompt);
	let common = 0;
	while (common < tokens.length - 1 && sequence.contextTokens[common] === tokens[common]) common += 1;
	await sequence.eraseContextTokenRanges([{ start: common, end: sequence.nextTokenIndex }]);
	let generated = 0;
	for await (const _token of sequence.evaluate(tokens.slice(common), { temperature: 0, yieldEogToken: true })) {
		generated += 1;
		if (generated === generatedTokens) break;
	}
}

process.on('message', ({ prompts }: SequencesRequest) => {
	const from = performance.now();
	inSlots(sequences.length, prompts.length, (sample, slot) => answer(sequences[slot]!, prompts[sample]!)).then(
		() => send({ ms: performance.now() - from }),
		(error: unknown) => send({ error: String(error) }),
	);
});
send({ ready: true });
