import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelInput } from '../contract/embedding.ts';
import { Failure, failureFacts } from '../contract/failure.ts';
import type { ChatTurn, GenerateRequest, GenerationEvent, RequestTurn, StopReason } from '../contract/generation.ts';
import type { Capabilities } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import type { Candidate, ScoredPrompt, ScoredToken, ScoreRequest } from '../contract/scoring.ts';
import type { Engine } from '../engine.ts';
import { inputTooLong, tokenUnknown } from '../native/input-failures.ts';
import { commonPrefixLength } from '../prompt/common-prefix.ts';
import {
	fitTurns,
	leadingTokensLeftOut,
	measureContextUsage,
	reservedAnswerTokens,
} from '../prompt/context-overflow.ts';
import { noChatTemplate, promptTooLong } from '../prompt/prompt-failures.ts';
import { openThinking, withoutOpening } from '../prompt/reasoning-tag.ts';
import { stoppedResult } from '../runtime/stopped-result.ts';
import { createStopStrings } from '../stop-strings.ts';
import { describedFormat } from '../tools/write-calls.ts';
import { base64Of, normalised } from '../vectors.ts';
import { createScriptReader, type Script, type ScriptStep } from './engine-script.ts';
import { createSemaphore } from './semaphore.ts';

/** Splits a text into words with the space before them; each counts as a token here. */
function words(text: string): string[] {
	return text.match(/\s*\S+|\s+$/g) ?? [];
}

function countWords(text: string): number {
	return words(text).length;
}

function turnRenderer(thinks: boolean): (turns: readonly ChatTurn[]) => string {
	const end = thinks ? `<|assistant|>${openThinking}\n` : '<|assistant|>';
	return (turns) => `${turns.map((turn) => `<|${turn.role}|> ${turn.content} <|end|>\n`).join('')}${end}`;
}

/** Writes the script's words until the script ends or is aborted, without those already in `begun`. */
async function* speak(
	steps: readonly ScriptStep[],
	begun: string,
	signal: AbortSignal | undefined,
	crash: Crash,
): AsyncGenerator<string, void> {
	let text = begun;
	for (const step of steps) {
		if (signal?.aborted) return;
		if (step.type !== 'text') {
			await playStep(step, signal, crash);
			continue;
		}
		for (const word of words(step.text)) {
			if (text !== '' && text.startsWith(word)) {
				text = text.slice(word.length);
				continue;
			}
			text = '';
			if (step.tokenDelayMs) await pause(step.tokenDelayMs, signal);
			if (signal?.aborted) return;
			yield word;
		}
	}
}

/**
 * Creates an engine without a model, for tests: it answers with `script`, word by word, and fails, stalls or crashes on
 * command. Same interface and rules (prefix reuse, overflow, stop strings, abort) as the real one.
 */
export function createScriptedEngine(script: Script = {}, crash: Crash = crashInProcess): Engine {
	const contextSize = script.contextSize ?? 4096;
	const limit = contextSize - reservedAnswerTokens(contextSize);
	const opensReasoning = script.opensReasoning ?? false;
	const renderTurns = turnRenderer(opensReasoning);
	const answerTo = createScriptReader(script);
	const parallelAnswers = script.parallelAnswers ?? 1;
	const queue = createSemaphore(parallelAnswers);
	const vocabulary = new Map<string, number>();
	let evaluated: readonly number[] = [];

	const idOf = (word: string): number => {
		const id = vocabulary.get(word) ?? vocabulary.size;
		vocabulary.set(word, id);
		return id;
	};

	const wordOf = (id: number): string => {
		const word = [...vocabulary.keys()][id];
		if (word === undefined) throw tokenUnknown(id, vocabulary.size);
		return word;
	};

	const tokensOf = (input: ModelInput): readonly number[] => {
		const tokens = typeof input === 'string' ? words(input).map(idOf) : input;
		if (tokens.length > contextSize) throw inputTooLong(tokens.length, contextSize);
		return tokens;
	};

	/** A longer word is less likely, by one nat a letter. */
	const rated = (token: number): Candidate => {
		const text = wordOf(token);
		return { token, text, logProbability: -text.trim().length };
	};

	const scoredPrompt = (prompt: readonly number[], { top, next }: ScoreRequest): ScoredPrompt => {
		const likeliest = [...vocabulary.values()].map(rated).sort((a, b) => b.logProbability - a.logProbability);
		let text = '';
		const tokens = prompt.map((token, index): ScoredToken => {
			const offset = text.length;
			const one = rated(token);
			text += one.text;
			return index === 0
				? { ...one, offset, logProbability: null, top: [] }
				: { ...one, offset, top: likeliest.slice(0, top) };
		});
		return { text, tokens, next: next ? likeliest.slice(0, Math.max(top, 1)) : [], ends: false };
	};

	/** Words of a text, counted in as many places as the script says. */
	const vector = (tokens: readonly number[], dimensions: number): Float32Array => {
		const counts = new Float32Array(dimensions);
		for (const token of tokens) counts[token % dimensions] = (counts[token % dimensions] ?? 0) + 1;
		return normalised(counts);
	};

	const prompt = (turns: readonly RequestTurn[], begun = '') => {
		if (script.chat === false) throw noChatTemplate('Scripted model');
		const count = (text: string): number => countWords(text) + countWords(begun);
		const fitted = fitTurns(turns, limit, renderTurns, count, countWords);
		if (!fitted.fits) throw promptTooLong(fitted.tokens, limit, contextSize, contextSize);
		const tokens = [...words(fitted.prompt), ...words(begun)].map(idOf);
		return { tokens, text: fitted.prompt, droppedTurns: fitted.droppedTurns };
	};

	const continued = ({ text, tokens }: GenerateRequest): string =>
		text ??
		tokensOf(tokens ?? [])
			.map(wordOf)
			.join('');

	const continuation = (text: string) => {
		const all = words(text).map(idOf);
		return { tokens: all.slice(leadingTokensLeftOut(all.length, limit)), droppedTurns: 0 };
	};

	async function* answer(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerationEvent> {
		const started = performance.now();
		const given = request.prefill?.text ?? '';
		const begun = opensReasoning ? withoutOpening(given) : given;
		const { tokens, droppedTurns } =
			request.turns.length > 0 ? prompt(request.turns, begun) : continuation(continued(request));
		const isFresh = request.deterministic === true || request.reusePrefix === false;
		const common = isFresh ? 0 : commonPrefixLength(tokens, evaluated);
		const cached = Math.min(common, tokens.length - 1);
		const wordAt = (ids: readonly number[]): string | undefined =>
			[...vocabulary].find(([, id]) => id === ids[common])?.[0];
		const [held, own] = [wordAt(evaluated), wordAt(tokens)];
		const calls = request.tools === undefined ? {} : { toolFormat: describedFormat };
		const progress = { type: 'prompt', total: tokens.length, cached, droppedTurns, opensReasoning, ...calls } as const;
		yield { ...progress, processed: cached };
		await pause((script.promptTokenMs ?? 0) * (tokens.length - cached), signal);
		const promptMs = performance.now() - started;
		if (!signal?.aborted) yield { ...progress, processed: tokens.length };

		const { maxTokens, stop } = request.sampling;
		const stops = createStopStrings(stop);
		const ids: number[] = [];
		let firstAt: number | undefined;
		let stopReason: StopReason = 'end';
		const steps = answerTo(request.turns.at(-1)?.content ?? continued(request));
		for await (const word of speak(steps, begun, signal, crash)) {
			firstAt ??= performance.now();
			ids.push(idOf(word));
			const text = stops.push(word);
			const { logprobs } = request;
			const scored = { token: ids.at(-1) ?? 0, bytes: [...Buffer.from(word)], logprob: -0.5 };
			const scores = logprobs === undefined ? {} : { scores: [{ ...scored, top: logprobs === 0 ? [] : [scored] }] };
			if (text !== '') yield { type: 'tokens', text, count: 1, ...scores };
			if (stops.found !== null) stopReason = 'stop-string';
			else if (maxTokens !== null && ids.length >= maxTokens) stopReason = 'max-tokens';
			else if (tokens.length + ids.length >= contextSize) stopReason = 'context-full';
			if (stopReason !== 'end') break;
		}
		const rest = stops.rest();
		if (rest !== '') yield { type: 'tokens', text: rest, count: 0 };
		evaluated = [...tokens, ...ids];
		const ended = performance.now();
		yield {
			type: 'done',
			result: {
				stopReason: signal?.aborted ? 'stopped' : stopReason,
				stopString: stops.found,
				promptTokens: tokens.length,
				cachedTokens: cached,
				completionTokens: ids.length,
				droppedTurns,
				ttftMs: (firstAt ?? ended) - started,
				promptMs,
				generationMs: ended - (firstAt ?? ended),
				threads: 1,
				tokenIds: ids,
				...(isFresh || held === undefined || own === undefined
					? {}
					: { cacheMiss: { at: common, cached: held, prompt: own } }),
				...(request.deterministic === true ? { deterministic: true as const } : {}),
			},
		};
	}

	const capabilities: Capabilities = {
		engineBuild: 'scripted',
		backend: 'scripted',
		contextSize,
		trainedContextLength: contextSize,
		vocabularySize: 0,
		parallelAnswers,
		threads: 1,
		threadTrials: [],
		chat: script.chat ?? true,
		reasoning: opensReasoning,
		loadMs: 0,
		residentBytes: process.memoryUsage.rss(),
	};

	return {
		capabilities: () => capabilities,
		tokenize: async (text) => words(text).map(idOf),
		detokenize: async (lists) => lists.map((tokens) => tokens.map(wordOf).join('')),
		tokenizer: async () => ({
			startText: '',
			endText: '<|end|>',
			addsStart: false,
			vocabularySize: vocabulary.size,
			chatTemplate: script.chat === false ? null : 'scripted',
		}),
		async score(request) {
			for (const prompt of request.prompts) tokensOf(prompt);
			const prompts = request.prompts.map((prompt) => scoredPrompt(prompt, request));
			return { prompts, decodedTokens: request.prompts.flat().length };
		},
		async embed({ inputs }) {
			const dimensions = script.dimensions ?? 8;
			const all = inputs.map(tokensOf);
			return {
				vectors: all.map((tokens) => base64Of(vector(tokens, dimensions))),
				dimensions,
				tokens: all.map(({ length }) => length),
			};
		},
		async rank({ query, documents }) {
			const asked = new Set(words(query).map((word) => word.trim()));
			const share = (document: string): number => {
				const own = words(document).map((word) => word.trim());
				return own.filter((word) => asked.has(word)).length / Math.max(1, own.length);
			};
			return { scores: documents.map(share), tokens: documents.map((text) => countWords(query) + countWords(text)) };
		},
		render: async (turns) => prompt(turns),
		async countTokens(request) {
			if (script.chat === false) throw noChatTemplate('Scripted model');
			return measureContextUsage(
				{ ...request, contextSize: request.contextSize ?? contextSize },
				renderTurns,
				countWords,
				// The space behind a text is part of the word that follows it in a prompt.
				(text) => countWords(text.trimEnd()),
			);
		},
		async *generate(request, signal) {
			const began = performance.now();
			if (queue.isFull()) yield { type: 'queued' };
			const leave = await queue.enter(signal);
			if (leave === null) {
				yield stoppedResult(began);
				return;
			}
			try {
				yield* answer(request, signal);
			} catch (error) {
				yield { type: 'failed', failure: failureFacts(error) };
			} finally {
				leave();
			}
		},
		prepare() {},
		async setAdapters() {},
		async stop() {},
	};
}

/** Called when a script crashes; a worker process replaces it with a real crash. */
export type Crash = (step: Extract<ScriptStep, { type: 'crash' }>) => never;

/** Every step except `text`, which writes. */
export type SilentStep = Exclude<ScriptStep, { type: 'text' }>;

/** An in-process crash ends the generation with the Failure that the supervisor of a real process would report. */
const crashInProcess: Crash = (step) => {
	throw new Failure({
		code: 'worker-crashed',
		message: said`The model process ended unexpectedly: ${'signal' in step.how ? step.how.signal : `exit code ${step.how.exitCode}`}.`,
		next: [said`Try again: the model starts by itself`],
		...(step.lastWords === undefined ? {} : { detail: step.lastWords }),
	});
};

/** Waits, or returns early on abort. Without a time, only an abort ends the wait. */
async function pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) return;
	const longest = 2 ** 31 - 1;
	await sleep(ms ?? longest, undefined, signal ? { signal } : {}).catch(() => {});
}

export async function playStep(step: SilentStep, signal: AbortSignal | undefined, crash: Crash): Promise<void> {
	switch (step.type) {
		case 'wait':
			return await pause(step.ms, signal);
		case 'stall':
			return await pause(undefined, signal);
		case 'busy': {
			const until = performance.now() + step.ms;
			while (performance.now() < until);
			return;
		}
		case 'hang':
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, step.ms ?? Number.POSITIVE_INFINITY);
			return;
		case 'crash':
			return crash(step);
		case 'fail':
			throw new Failure(step.failure);
	}
}
