import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import { Failure } from '../../contract/failure.ts';
import { reusableTokens, tile } from '../../native/attention-tiles.ts';
import { grammarStuck } from '../../native/grammar-failures.ts';
import { type Answer, decodeFailure } from '../answer.ts';
import type { ThreadTuner } from '../thread-tuner.ts';
import type { Contexts } from './contexts.ts';
import type { AnswerSampler } from './sampling.ts';

export interface DecoderOptions {
	readonly contexts: Pick<Contexts, 'sequence'>;
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
	/** Forgets the tokens in the context: they were computed with other adapters. */
	clear(): void;
}

/**
 * Returns the tokens of the next native call. A stop can't end a call of node-llama-cpp, so each has one tile, the
 * smallest part that gives the same bits wherever a prompt is divided; the last takes the rest.
 */
function nextCall(left: number, batchSize: number): number {
	const step = Math.min(tile, batchSize);
	return left < step * 2 ? left : step;
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

	async function draw(sequence: LlamaContextSequence, answer: Answer<AnswerSampler>): Promise<void> {
		const { sampler } = answer;
		const { grammar } = answer.request;
		const options =
			grammar === undefined
				? sampler.options
				: { ...sampler.options, grammarEvaluationState: await createGrammar(grammar) };
		let from = performance.now();
		// A grammar that forbids every token leaves no probability to report.
		const metadata = { confidence: grammar !== undefined } as { confidence: true };
		const tokens = sequence.evaluateWithMetadata([answer.last as Token], metadata, options);
		for await (const { token, confidence } of tokens) {
			if (Number.isNaN(confidence)) throw grammarStuck();
			tuner.generated(performance.now() - from, answer.needed + 2);
			answer.take(token);
			if (answer.ended) break;
			sampler.record(token);
			from = performance.now();
		}
	}

	return {
		async decode(answer) {
			const { sequence } = contexts;
			try {
				answer.begin();
			} catch (error) {
				answer.fail(error);
				return;
			}
			tuner.begin();
			try {
				await evaluatePrompt(sequence, answer);
				if (!answer.ended) await draw(sequence, answer);
			} catch (error) {
				const stuck = answer.request.grammar !== undefined && /Failed to (?:accept|sample)/.test(String(error));
				answer.fail(error instanceof Failure ? error : stuck ? grammarStuck() : decodeFailure(error));
				// The contents of the sequence are unknown after a failed decode.
				await sequence.clearHistory().catch(() => {});
				promptLength = 0;
			}
		},
		clear() {
			promptLength = 0;
		},
	};
}
