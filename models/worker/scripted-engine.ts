import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, failureFacts } from '../contract/failure.ts';
import type { GenerateRequest, GenerationEvent, GenerationResult, StopReason, Turn } from '../contract/generation.ts';
import type { Capabilities } from '../contract/load.ts';
import type { Engine } from '../engine.ts';
import { noChatTemplate, promptTooLong } from './engine-failures.ts';
import { createQueue } from './one-at-a-time.ts';
import { answerRoom, fitTurns } from './overflow.ts';
import { createScriptReader, type Script, type ScriptStep } from './script.ts';
import { commonPrefixLength } from './token-list.ts';

/** What a scripted engine does where it can't do the real thing: a worker process replaces it with a real death. */
export type Crash = (step: Extract<ScriptStep, { type: 'crash' }>) => never;

const crashInProcess: Crash = (step) => {
	throw new Failure({
		code: 'worker-crashed',
		message: `The model process ended: ${'signal' in step.how ? step.how.signal : `exit code ${step.how.exitCode}`}.`,
		next: ['Send the message again'],
		...(step.lastWords === undefined ? {} : { detail: step.lastWords }),
	});
};

/** Words with the space before them: what counts as a token here. */
function words(text: string): string[] {
	return text.match(/\s*\S+|\s+$/g) ?? [];
}

function renderTurns(turns: readonly Turn[]): string {
	return `${turns.map((turn) => `<|${turn.role}|> ${turn.content} <|end|>\n`).join('')}<|assistant|>`;
}

function block(ms: number): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Waits, or returns early on abort. */
async function pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) return;
	const options = signal ? { signal } : {};
	// Without a time the longest timer stands for ever; only an abort ends it.
	await sleep(ms ?? 2 ** 31 - 1, undefined, options).catch(() => {});
}

/**
 * An engine without a model, for tests: it answers what `script` says, word by word, and fails, stalls or crashes when
 * told to. Same interface and rules (prefix reuse, overflow, stop strings, abort) as the real one.
 */
export function createScriptedEngine(script: Script = {}, crash: Crash = crashInProcess): Engine {
	const contextSize = script.contextSize ?? 4096;
	const limit = contextSize - answerRoom(contextSize);
	const answerTo = createScriptReader(script);
	const queue = createQueue();
	const vocabulary = new Map<string, number>();
	let evaluated: readonly number[] = [];

	const idOf = (word: string): number => {
		const id = vocabulary.get(word) ?? vocabulary.size;
		vocabulary.set(word, id);
		return id;
	};
	const encode = (text: string): number[] => words(text).map(idOf);

	const prompt = (turns: readonly Turn[]) => {
		if (script.chat === false) throw noChatTemplate('Scripted model');
		const fitted = fitTurns(
			turns,
			limit,
			renderTurns,
			(text) => words(text).length,
			(text) => words(text).length,
		);
		if (!fitted.fits) throw promptTooLong(fitted.tokens, limit, contextSize);
		return { tokens: encode(fitted.prompt), text: fitted.prompt, droppedTurns: fitted.droppedTurns };
	};

	/** Says the words of the script until it ends or something ends it. */
	async function* speak(steps: readonly ScriptStep[], signal: AbortSignal | undefined): AsyncGenerator<string, void> {
		for (const step of steps) {
			if (signal?.aborted) return;
			switch (step.type) {
				case 'text':
					for (const word of words(step.text)) {
						if (step.tokenDelayMs) await pause(step.tokenDelayMs, signal);
						if (signal?.aborted) return;
						yield word;
					}
					break;
				case 'wait':
					await pause(step.ms, signal);
					break;
				case 'stall':
					await pause(undefined, signal);
					break;
				case 'busy':
					for (const until = performance.now() + step.ms; performance.now() < until; );
					break;
				case 'hang':
					block(step.ms ?? Number.POSITIVE_INFINITY);
					break;
				case 'crash':
					return crash(step);
				case 'fail':
					throw new Failure(step.failure);
			}
		}
	}

	async function* generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerationEvent> {
		const started = performance.now();
		const { tokens, droppedTurns } = prompt(request.turns);
		const cached = Math.min(commonPrefixLength(tokens, evaluated), tokens.length - 1);
		yield { type: 'prompt', processed: cached, total: tokens.length, cached, droppedTurns };
		await pause((script.promptTokenMs ?? 0) * (tokens.length - cached), signal);
		const promptMs = performance.now() - started;
		if (!signal?.aborted)
			yield { type: 'prompt', processed: tokens.length, total: tokens.length, cached, droppedTurns };

		const { maxTokens, stop } = request.sampling;
		const ids: number[] = [];
		let firstAt = started;
		let text = '';
		let sent = 0;
		let stopReason: StopReason = 'end';
		let stopString: string | null = null;
		for await (const word of speak(answerTo(request.turns.at(-1)?.content ?? ''), signal)) {
			if (ids.length === 0) firstAt = performance.now();
			ids.push(idOf(word));
			text += word;
			const found = stop.filter((one) => text.includes(one)).sort((a, b) => text.indexOf(a) - text.indexOf(b))[0];
			if (found !== undefined) {
				stopReason = 'stop-string';
				stopString = found;
				text = text.slice(0, text.indexOf(found));
			}
			if (text.length > sent) yield { type: 'tokens', text: text.slice(sent), count: 1 };
			sent = text.length;
			if (stopString !== null) break;
			if (maxTokens !== null && ids.length >= maxTokens) stopReason = 'max-tokens';
			else if (tokens.length + ids.length >= contextSize) stopReason = 'context-full';
			if (stopReason !== 'end') break;
		}
		if (signal?.aborted) stopReason = 'stopped';
		evaluated = [...tokens, ...ids];
		const result: GenerationResult = {
			stopReason,
			stopString,
			promptTokens: tokens.length,
			cachedTokens: cached,
			completionTokens: ids.length,
			droppedTurns,
			ttftMs: (ids.length === 0 ? performance.now() : firstAt) - started,
			promptMs,
			generationMs: ids.length === 0 ? 0 : performance.now() - firstAt,
			threads: 1,
			tokenIds: ids,
		};
		yield { type: 'done', result };
	}

	const capabilities: Capabilities = {
		engineBuild: 'scripted',
		backend: 'scripted',
		contextSize,
		trainedContextLength: contextSize,
		vocabularySize: 0,
		threads: 1,
		threadTrials: [],
		chat: script.chat ?? true,
		reasoning: false,
		loadMs: 0,
		residentBytes: process.memoryUsage.rss(),
	};

	return {
		capabilities: () => capabilities,
		tokenize: async (text) => encode(text),
		render: async (turns) => prompt(turns),
		async *generate(request, signal) {
			const leave = await queue.enter();
			try {
				yield* generate(request, signal);
			} catch (error) {
				yield { type: 'failed', failure: failureFacts(error) };
			} finally {
				leave();
			}
		},
		async stop() {},
	};
}
