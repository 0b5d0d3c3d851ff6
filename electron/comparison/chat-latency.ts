import { defaultSampling } from '../../models/contract/default-sampling.ts';
import type { Engine } from '../../models/engine.ts';
import { rateSummary } from '../../models/native/bench-rates.ts';
import { percentile } from '../../models/native/perplexity/statistics.ts';
import type { ChatLatency } from '../contract/comparison/schema.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import type { ComparisonContext } from './context.ts';
import type { PromptLength } from './prompt-lengths.ts';
import { readShare } from './step-durations.ts';

/** Loads and answers of each length. */
const repeats = 3;

/** Long enough for steady figures between tokens, short enough for a slow computer. */
const chatAnswerTokens = 48;

/** A load, in tokens written by the same model: it reads the weights, and starts a process. */
const loadTokens = 30;

/** How much there is to do for one file, in tokens written: loads, a first answer, and answers of each length. */
export function chatLatencyTokens(lengths: readonly PromptLength[]): number {
	const answers = lengths.reduce((sum, { tokens }) => sum + readShare * tokens + chatAnswerTokens, 0);
	return (repeats + 1) * loadTokens + chatAnswerTokens + repeats * answers;
}

/** Kept free of the context for the template and the answer. */
const room = chatAnswerTokens + 64;

interface Answered {
	readonly firstMs: number;
	readonly promptTokens: number;
	/** Between two tokens, ms. */
	readonly gaps: readonly number[];
	readonly tokensPerSecond: number | null;
}

interface ChatLatencySubject {
	readonly modelFileId: number;
	readonly path: string;
	readonly threads: number;
	/** What it is loaded onto; nothing of it: as the model is set. */
	readonly device: Pick<AcquireOptions, 'gpu' | 'gpuLayers'>;
	readonly lengths: readonly PromptLength[];
}

interface ChatLatencyControl {
	readonly signal: AbortSignal;
	progress(share: number): void;
}

/** One answer as a conversation gets it; throws its Failure. */
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
			// Tokens of one message came at once; each took its part of the time since the last.
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
				// A model that ends at once writes nothing.
				firstMs: firstMs === 0 ? ttftMs : firstMs,
				promptTokens: promptTokens - cachedTokens,
				gaps,
				tokensPerSecond: gaps.length === 0 ? null : (1000 * gaps.length) / ms,
			};
		}
	}
	throw new Error('the answer did not end');
}

/** A prompt of which so many tokens have to be computed, found by how many the first guess had. */
async function wordsFor(engine: Engine, tokens: number): Promise<number> {
	// Few words: in a small vocabulary one takes several tokens.
	const guess = Math.max(4, Math.round(tokens / 8));
	const count = (await engine.render([{ role: 'user', content: promptText(guess, 0) }])).tokens.length;
	const empty = (await engine.render([{ role: 'user', content: promptText(0, 0) }])).tokens.length;
	return Math.max(1, Math.round(((tokens - empty) * guess) / Math.max(1, count - empty)));
}

/**
 * Speed of one file through the chat's own path: loads, then answers to prompts of these lengths. Throws the Failure of a
 * model that can't be loaded or asked, or the signal's reason.
 */
export async function measureChatLatency(
	{ library, native, events }: Pick<ComparisonContext, 'library' | 'native' | 'events'>,
	{ modelFileId, path, threads, device, lengths }: ChatLatencySubject,
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
		const engine = await library.acquire(modelFileId, { threads, ...device }, { signal });
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
		// The first warm load only follows a cold one; without that it may itself be cold.
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
		// The first answer of a process touches its buffers for the first time.
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
		// A chat answer that goes first may be about to use it.
		if (!signal.aborted) await library.unloadAll();
	}
}

/** Ordinary words, so that a token is a word or a part of one. */
const words =
	'the boat came in before noon with two crates of pears and a letter for the keeper who read it twice and said nothing until the tide had turned'.split(
		' ',
	);

/** A text of about so many words that begins like no other with another `number`: nothing of it is in memory yet. */
function promptText(count: number, number: number): string {
	const start = `${number + 1}.`;
	return [start, ...Array.from({ length: count }, (_, index) => words[(index * 7 + number * 3) % words.length])].join(
		' ',
	);
}
