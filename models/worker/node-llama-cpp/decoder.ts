import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import { Failure } from '../../contract/failure.ts';
import { reusableTokens, tile } from '../../native/attention-tiles.ts';
import { grammarStuck } from '../../native/grammar-failures.ts';
import { type Answer, decodeFailure } from '../answer.ts';
import type { ThreadTuner } from '../thread-tuner.ts';
import type { Contexts } from './contexts.ts';
import type { AnswerSampler } from './sampling.ts';

export interface DecoderOptions {
	readonly contexts: Pick<Contexts, 'sequence' | 'renew'>;
	/** The most tokens of a native call, before what is left over. */
	readonly batchSize: number;
	readonly tuner: ThreadTuner;
	/** Throws Failure `grammar-invalid`. */
	readonly createGrammar: (grammar: string) => Promise<LlamaGrammarEvaluationState>;
}

/** Computes answers, one after the other, in one sequence that keeps the tokens of the last. */
export interface Decoder {
	/** Computes the answer to its end; never throws. */
	decode(answer: Answer<AnswerSampler>): Promise<void>;
}

/**
 * Returns the tokens of the next native call. A stop can't end a call of node-llama-cpp, so each has one tile, the
 * smallest part that gives the same bits wherever a prompt is divided; the last takes the rest.
 */
function nextCall(left: number, batchSize: number): number {
	const step = Math.min(tile, batchSize);
	return left < step * 2 ? left : step;
}

/**
 * Catches the error of a sampler: node-llama-cpp lets it end the process as an unhandled rejection, and never ends the
 * evaluation. Only a grammar that no token can follow causes one.
 */
function catchSamplingErrors(): { readonly error: Promise<never>; stop(): void } {
	const { promise, reject } = Promise.withResolvers<never>();
	// Nobody may be waiting for the next token when it comes.
	promise.catch(() => {});
	const take = (error: unknown): void => {
		if (!/Failed to (?:accept|sample)/.test(String(error))) throw error;
		reject(grammarStuck());
	};
	process.on('unhandledRejection', take);
	return { error: promise, stop: () => process.off('unhandledRejection', take) };
}

/** Drops all but the first `length` tokens. A state that can't be shortened (recurrent models) is dropped entirely. */
async function keep(sequence: LlamaContextSequence, length: number): Promise<void> {
	const held = sequence.nextTokenIndex;
	if (held <= length) return;
	// Otherwise node-llama-cpp would compute all of them again, in one call that nothing stops.
	if (length === 0 || sequence.needsCheckpoints) await sequence.clearHistory();
	else await sequence.eraseContextTokenRanges([{ start: length, end: held }]);
}

export function createDecoder({ contexts, batchSize, tuner, createGrammar }: DecoderOptions): Decoder {
	/** Length of the prompt that the tokens in the context began with. */
	let promptLength = 0;

	async function evaluatePrompt(sequence: LlamaContextSequence, answer: Answer<AnswerSampler>): Promise<void> {
		const { promptTokens, needed } = answer;
		await keep(sequence, reusableTokens(sequence.contextTokens, promptLength, promptTokens));
		promptLength = promptTokens.length;
		answer.evaluated(sequence.nextTokenIndex);
		while (!answer.ended && sequence.nextTokenIndex < needed) {
			const start = sequence.nextTokenIndex;
			const tokens = promptTokens.slice(start, start + nextCall(needed - start, batchSize));
			await sequence.evaluateWithoutGeneratingNewTokens(tokens as number[] as Token[]);
			answer.evaluated(sequence.nextTokenIndex);
		}
	}

	async function draw(
		sequence: LlamaContextSequence,
		answer: Answer<AnswerSampler>,
		grammar: LlamaGrammarEvaluationState | null,
	): Promise<void> {
		const { sampler } = answer;
		const options = grammar === null ? sampler.options : { ...sampler.options, grammarEvaluationState: grammar };
		// A grammar that forbids every token leaves no probability to report.
		const metadata = { confidence: grammar !== null } as { confidence: true };
		const tokens = sequence.evaluateWithMetadata([answer.last as Token], metadata, options);
		const broken = grammar === null ? null : catchSamplingErrors();
		try {
			for (;;) {
				const from = performance.now();
				const next = await (broken === null ? tokens.next() : Promise.race([tokens.next(), broken.error]));
				if (next.done === true) throw new Error('node-llama-cpp drew no token');
				const { token, confidence } = next.value;
				if (Number.isNaN(confidence)) throw grammarStuck();
				tuner.generated(performance.now() - from, answer.needed + 2);
				answer.take(token);
				if (answer.ended) break;
				sampler.record(token);
			}
			await tokens.return();
		} finally {
			broken?.stop();
		}
	}

	return {
		async decode(answer) {
			const { sequence } = contexts;
			let grammar: LlamaGrammarEvaluationState | null;
			try {
				answer.begin();
				// Before the prompt: a fault in it costs no computation, and the context keeps its tokens.
				const wanted = answer.request.grammar ?? answer.forcedCalls;
				grammar = wanted === undefined ? null : await createGrammar(wanted);
			} catch (error) {
				answer.fail(error);
				return;
			}
			tuner.begin();
			try {
				await evaluatePrompt(sequence, answer);
				if (!answer.ended) await draw(sequence, answer, grammar);
			} catch (error) {
				answer.fail(error instanceof Failure ? error : decodeFailure(error));
				// The sequence may hold anything after a failed decode, and after an error of a sampler it never ends.
				await contexts.renew();
			}
		},
	};
}
