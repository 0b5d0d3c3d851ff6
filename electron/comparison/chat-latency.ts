import { defaultSampling } from '../../models/contract/default-sampling.ts';
import type { LoraAdapter } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import { rateSummary } from '../../models/native/bench-rates.ts';
import { percentile } from '../../models/native/perplexity/statistics.ts';
import type { ChatLatency } from '../contract/comparison/schema.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import type { ComparisonContext } from './context.ts';
import type { PromptLength } from './prompt-lengths.ts';
import { readShare } from './step-durations.ts';

/** Number of loads, and of answers for each length. */
const repeats = 3;

/** Long enough for steady figures between tokens, short enough for a slow computer. */
const chatAnswerTokens = 48;

/** Cost of a load, in generated tokens of the same model: it reads the weights and starts a process. */
const loadTokens = 30;

/** The work for one file in generated tokens: loads, a first answer, and the answers of each length. */
export function chatLatencyTokens(lengths: readonly PromptLength[]): number {
	const answers = lengths.reduce((sum, { tokens }) => sum + readShare * tokens + chatAnswerTokens, 0);
	return (repeats + 1) * loadTokens + chatAnswerTokens + repeats * answers;
}

/** Tokens of context kept free for the template and the answer. */
const room = chatAnswerTokens + 64;

interface Answered {
	readonly firstMs: number;
	readonly promptTokens: number;
	/** Times between two tokens, ms. */
	readonly gaps: readonly number[];
	readonly tokensPerSecond: number | null;
}

interface ChatLatencySubject {
	readonly modelFileId: number;
	readonly path: string;
	/** LoRA adapters on the model; empty: none, also where the model is set to use some. */
	readonly adapters: readonly LoraAdapter[];
	readonly threads: number;
	/** Device to load the model onto; empty: as the model is set. */
	readonly device: Pick<AcquireOptions, 'gpu' | 'gpuLayers'>;
	readonly lengths: readonly PromptLength[];
}

interface ChatLatencyControl {
	readonly signal: AbortSignal;
	progress(share: number): void;
}

/** Generates one answer the way a conversation does. Throws the model's Failure. */
async function answer(engine: Engine, text: string, number: number, signal: AbortSignal): Promise<Answered> {
	const began = performance.now();
	const events = engine.generate(
		{
			turns: [{ role: 'user', content: text }],
			sampling: { ...defaultSampling, temperature: 0, maxTokens: chatAnswerTokens, seed: 0 },
			cacheKey: `felt-${number}`,
		},
		signal,
	);
	let firstMs = 0;
	let at = 0;
	const gaps: number[] = [];
	for await (const event of events) {
		const now = performance.now();
		if (event.type === 'tokens') {
			if (firstMs === 0) firstMs = now - began;
			// The tokens of one message arrived together, so each gets an equal share of the time since the last
			// message.
			else gaps.push(...Array.from({ length: event.count }, () => (now - at) / event.count));
			at = now;
		} else if (event.type === 'failed') {
			signal.throwIfAborted();
			throw new Error(event.failure.message);
		} else if (event.type === 'done') {
			signal.throwIfAborted();
			const { promptTokens, cachedTokens, ttftMs } = event.result;
			const ms = gaps.reduce((sum, gap) => sum + gap, 0);
			return {
				// A model that stops at once writes nothing.
				firstMs: firstMs === 0 ? ttftMs : firstMs,
				promptTokens: promptTokens - cachedTokens,
				gaps,
				tokensPerSecond: gaps.length === 0 ? null : (1000 * gaps.length) / ms,
			};
		}
	}
	throw new Error('the answer did not end');
}

/** Finds a prompt with this many tokens to compute, from the token count of a first guess. */
async function wordsFor(engine: Engine, tokens: number): Promise<number> {
	// Start with few words: with a small vocabulary, one word takes several tokens.
	const guess = Math.max(4, Math.round(tokens / 8));
	const count = (await engine.render([{ role: 'user', content: promptText(guess, 0) }])).tokens.length;
	const empty = (await engine.render([{ role: 'user', content: promptText(0, 0) }])).tokens.length;
	return Math.max(1, Math.round(((tokens - empty) * guess) / Math.max(1, count - empty)));
}

/**
 * Measures the speed of one file through the chat's own path: loads, then answers to prompts of these lengths. Throws
 * the Failure of a model that can't be loaded or asked, or the signal's reason.
 */
export async function measureChatLatency(
	{ library, native, events }: Pick<ComparisonContext, 'library' | 'native' | 'events'>,
	{ modelFileId, path, adapters, threads, device, lengths }: ChatLatencySubject,
	{ signal, progress }: ChatLatencyControl,
): Promise<ChatLatency> {
	let peakBytes = 0;
	const unsubscribe = events.subscribe((event) => {
		if (event.type !== 'model-state' || event.state.state !== 'loaded') return;
		if (event.state.modelFileId === modelFileId) peakBytes = Math.max(peakBytes, event.state.residentBytes);
	});
	const steps = repeats + 1 + lengths.length * repeats;
	let done = 0;
	const step = (): void => {
		done += 1;
		progress(done / steps);
	};
	const load = async (): Promise<{ engine: Engine; ms: number }> => {
		signal.throwIfAborted();
		await library.unloadAll();
		const began = performance.now();
		const engine = await library.acquire(modelFileId, { threads, adapters, ...device }, { signal });
		peakBytes = Math.max(peakBytes, engine.capabilities().residentBytes);
		return { engine, ms: performance.now() - began };
	};
	try {
		await library.unloadAll();
		const { result } = await native<'forget'>({ kind: 'forget', path }, { signal });
		const cold = result.forgotten ? (await load()).ms : null;
		step();
		const loads: number[] = [];
		let engine: Engine | null = null;
		// The first warm load has to follow a cold one, otherwise it may itself be cold.
		if (cold === null) await load();
		for (let index = 0; index < repeats; index += 1) {
			const loaded = await load();
			loads.push(loaded.ms);
			engine = loaded.engine;
			step();
		}
		if (engine === null) throw new Error('nothing was loaded');
		const most = engine.capabilities().contextSize - room;
		const answers: { length: PromptLength; each: Answered[] }[] = [];
		let number = 0;
		// The first answer of a process touches its buffers for the first time, so it is not timed.
		await answer(engine, promptText(8, number), number, signal);
		for (const length of lengths) {
			const words = await wordsFor(engine, Math.min(length.tokens, most));
			const each: Answered[] = [];
			for (let index = 0; index < repeats; index += 1) {
				number += 1;
				each.push(await answer(engine, promptText(words, number), number, signal));
				step();
			}
			answers.push({ length, each });
		}
		const all = answers.flatMap(({ each }) => each);
		const gaps = Float64Array.from(all.flatMap((one) => one.gaps)).sort();
		const rates = all.flatMap(({ tokensPerSecond }) => (tokensPerSecond === null ? [] : [tokensPerSecond]));
		return {
			warmLoad: rateSummary(loads),
			coldLoadMs: cold,
			firstToken: answers.map(({ length, each }) => ({
				percentile: length.percentile,
				promptTokens: Math.round(rateSummary(each.map(({ promptTokens }) => promptTokens)).median),
				time: rateSummary(each.map(({ firstMs }) => firstMs)),
			})),
			between:
				gaps.length === 0
					? null
					: {
							n: gaps.length,
							p50: percentile(gaps, 0.5),
							p95: percentile(gaps, 0.95),
							p99: percentile(gaps, 0.99),
						},
			generation: rates.length === 0 ? null : rateSummary(rates),
			peakBytes,
		};
	} finally {
		unsubscribe();
		// If aborted, a chat answer that goes first may be about to use the model.
		if (!signal.aborted) await library.unloadAll();
	}
}

/** Ordinary words, so that a token is a word or a part of one. */
const words =
	'the boat came in before noon with two crates of pears and a letter for the keeper who read it twice and said nothing until the tide had turned'.split(
		' ',
	);

/**
 * A text of about `count` words. Each `number` gives a different beginning, so that nothing of the prompt is cached
 * yet.
 */
function promptText(count: number, number: number): string {
	const start = `${number + 1}.`;
	return [start, ...Array.from({ length: count }, (_, index) => words[(index * 7 + number * 3) % words.length])].join(
		' ',
	);
}
