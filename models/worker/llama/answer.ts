import { createStopStrings } from '../../answer/stop-strings.ts';
import { createTextStream } from '../../answer/text-stream.ts';
import { Failure } from '../../contract/failure.ts';
import type { GenerateRequest, GenerationEvent, GenerationResult, StopReason } from '../../contract/generation.ts';
import { createSampler } from '../../native/sequence/sampler.ts';
import type { NativeSequence } from '../../native/sequence/sequence.ts';
import type { BuildPrompt } from '../../prompt/builder.ts';
import { settledOrAborted } from '../one-at-a-time.ts';
import { working } from '../working.ts';
import { evaluatePrompt } from './prompt-run.ts';
import type { SavedStates } from './saved-state/saved-states.ts';
import type { Slices } from './slices.ts';
import type { Drafter } from './speculation/drafter.ts';
import { createPace } from './speculation/pace.ts';
import type { ThreadTuner } from './threads/tuner.ts';

export interface LlamaEngineParts {
	readonly sequence: NativeSequence;
	/** Tokens; the context itself may have room for some more, because llama.cpp rounds up. */
	readonly contextSize: number;
	readonly buildPrompt: BuildPrompt;
	/** Tokens of plain text. */
	readonly tokenize: (text: string) => readonly number[];
	/** Whether the model ends its answer with this token. */
	readonly ends: (token: number) => boolean;
	readonly detokenize: (tokens: readonly number[], before: readonly number[]) => string;
	readonly slices: Slices;
	/** Guesses what comes next; null where nothing is guessed. */
	readonly drafter: Drafter | null;
	/** States of conversations on disk; null where none are kept. */
	readonly states: SavedStates | null;
	readonly tuner: ThreadTuner;
}

/** Native work that a stop left running; whoever uses the sequence next waits for it. */
export interface NativeWork {
	running: Promise<unknown>;
}

/** Text goes out at most this often: as often as a screen shows it. */
const batchMs = 16;

function decodeFailure(error: unknown): Failure {
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'generation-failed',
			message: `llama.cpp could not go on with this answer: ${words}.`,
			next: ['Send the message again', 'Load the model again'],
		},
		{ cause: error },
	);
}

/** What the answer begins with already, in this model's tokens. */
function prefillTokens({ tokenize }: LlamaEngineParts, { prefill }: GenerateRequest): readonly number[] {
	return prefill === undefined ? [] : (prefill.tokens ?? tokenize(prefill.text));
}

/** Writes one answer. `began` is the performance.now() at which the request came. */
export async function* writeAnswer(
	parts: LlamaEngineParts,
	request: GenerateRequest,
	signal: AbortSignal | undefined,
	began: number,
	native: NativeWork,
): AsyncGenerator<GenerationEvent> {
	const { sequence, slices, tuner } = parts;
	const { maxTokens, stop } = request.sampling;
	const begun = await working(async () => prefillTokens(parts, request));
	const prompt = await working(async () => parts.buildPrompt(request.turns, begun));
	const total = prompt.tokens.length;
	const ids: number[] = [];
	/** Tokens that may be guessed after so many: what is thrown away must have room, too. */
	const roomFor = (written: number): number => Math.max(0, parts.contextSize - 2 - total - written);
	tuner.begin();

	const { states } = parts;
	if (request.keepState === true && states !== null) {
		await working(() => states.restore(request.cacheKey, prompt.tokens));
	}
	const promptBegan = performance.now();
	const run = evaluatePrompt(sequence, prompt.tokens, slices, signal, native);
	let cached = 0;
	let stopReason: StopReason = 'end';
	try {
		for await (const step of run) {
			cached = step.cached;
			yield { type: 'prompt', ...step, total, droppedTurns: prompt.droppedTurns };
		}
	} catch (error) {
		throw decodeFailure(error);
	}
	const promptMs = performance.now() - promptBegan;

	const stops = createStopStrings(stop);
	const text = createTextStream(parts.detokenize, begun);
	let firstAt: number | undefined;
	let batch = '';
	let batchCount = 0;
	let sentAt = Number.NEGATIVE_INFINITY;
	const sampler = createSampler(sequence.context.model, request.sampling, { begun, grammar: request.grammar });
	let last = prompt.tokens.at(-1)!;
	const { drafter } = parts;
	const pace = createPace();
	drafter?.begin(prompt.tokens);
	/** Drawn and not written yet: more than one where a guess came true. */
	const drawn: number[] = [];
	const draw = async (): Promise<void> => {
		const from = performance.now();
		const guess = drafter === null ? [] : await drafter.propose(Math.min(pace.next(), roomFor(ids.length)));
		if (guess.length === 0) {
			drawn.push(await sequence.next(last, sampler));
			tuner.generated(performance.now() - from, total + ids.length + 1);
			return;
		}
		drawn.push(...(await sequence.nextOf(last, guess, sampler)));
		pace.took(guess.length, drawn.length - 1);
	};
	try {
		while (stopReason === 'end') {
			if (signal?.aborted) {
				stopReason = 'stopped';
				break;
			}
			if (drawn.length === 0) {
				const step = working(draw);
				if (!(await settledOrAborted(step, signal))) {
					sequence.stop();
					native.running = step;
					stopReason = 'stopped';
					break;
				}
				await step.catch((error: unknown) => {
					throw decodeFailure(error);
				});
			}
			const now = performance.now();
			last = drawn.shift()!;
			if (parts.ends(last)) break;
			firstAt ??= now;
			ids.push(last);
			drafter?.wrote(last);
			batch += stops.push(text.push(last));
			batchCount += 1;
			if (stops.found !== null) stopReason = 'stop-string';
			else if (maxTokens !== null && ids.length >= maxTokens) stopReason = 'max-tokens';
			else if (total + ids.length >= parts.contextSize - 1) stopReason = 'context-full';
			else if (batch !== '' && now - sentAt >= batchMs) {
				yield { type: 'tokens', text: batch, count: batchCount };
				batch = '';
				batchCount = 0;
				sentAt = now;
			}
		}
	} finally {
		// Also where a decode failed, or nobody reads on; a decode that a stop left running may still draw from it.
		native.running = native.running.catch(() => {}).finally(() => sampler.free());
	}
	const ended = performance.now();
	batch += stops.push(text.rest()) + stops.rest();
	if (stops.found !== null && stopReason !== 'stopped') stopReason = 'stop-string';
	if (batch !== '' || batchCount > 0) yield { type: 'tokens', text: batch, count: batchCount };
	const result: GenerationResult = {
		stopReason,
		stopString: stopReason === 'stop-string' ? stops.found : null,
		promptTokens: total,
		cachedTokens: cached,
		completionTokens: ids.length,
		droppedTurns: prompt.droppedTurns,
		ttftMs: (firstAt ?? ended) - began,
		promptMs,
		generationMs: ended - (firstAt ?? ended),
		threads: tuner.threads,
		tokenIds: ids,
		...(pace.drafted === 0 ? {} : { drafted: pace.drafted, accepted: pace.accepted }),
	};
	yield { type: 'done', result };
}
