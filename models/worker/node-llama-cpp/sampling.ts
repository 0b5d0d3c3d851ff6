import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { Failure } from '../../contract/failure.ts';
import type { GenerateRequest } from '../../contract/generation.ts';
import { said } from '../../contract/said.ts';
import { dryBreakers, fixedSeed, penaltyTokens } from '../../contract/sampler-constants.ts';
import { type SamplerKey, samplingParameters, withDefaults } from '../../contract/sampling-parameters.ts';

type Sampling = GenerateRequest['sampling'];

/** The samplers of one answer, as node-llama-cpp takes them. */
export interface AnswerSampler {
	readonly options: SequenceEvaluateOptions;
	/** Records a token of the answer, for the penalties. */
	record(token: number): void;
	free(): void;
}

function refused(words: string, next: string): Failure {
	return new Failure({
		code: 'sampling-unsupported',
		message: said`This model answers with node-llama-cpp, which can’t sample with ${words}.`,
		next: [next, said`Choose the automatic engine in the load settings of the model`],
	});
}

/** Throws Failure `sampling-unsupported` for values that would have no effect, or another one than elsewhere. */
function checkSampling(sampling: Sampling, begun: readonly number[]): void {
	const values = withDefaults(sampling);
	const wordsOf = (key: SamplerKey): string =>
		`${samplingParameters.find((one) => one.key === key)!.words} ${values[key]}`;
	const draws = values.temperature > 0;
	if (values.typicalP < 1) throw refused(wordsOf('typicalP'), 'Set typical-p to 1, which switches it off');
	// At temperature 0 it can't remove the likeliest token, so it has no effect.
	if (values.topNSigma > 0 && draws) throw refused(wordsOf('topNSigma'), 'Set top-n-sigma to 0, which switches it off');
	if (values.xtcProbability > 0 && !draws) {
		throw refused(`${wordsOf('xtcProbability')} at temperature 0`, 'Set the XTC probability to 0, or a temperature');
	}
	if (values.dryMultiplier > 0 && values.dryPenaltyLastN > 0 && begun.length > 0) {
		throw refused(
			`${wordsOf('dryMultiplier')} in an answer that is continued`,
			'Ask for a new answer, or set the DRY multiplier to 0',
		);
	}
}

/**
 * Creates the samplers of one answer, in llama.cpp's order, which is node-llama-cpp's too: penalties, DRY, top-k, top-p,
 * min-p, XTC, temperature, draw. Penalties and DRY cover the answer, not the prompt. Throws Failure
 * `sampling-unsupported`.
 */
export function createAnswerSampler(
	{ sampling, logprobs, logitBias }: Pick<GenerateRequest, 'sampling' | 'logprobs' | 'logitBias'>,
	begun: readonly number[],
): AnswerSampler {
	checkSampling(sampling, begun);
	if (logprobs !== undefined) throw refused('log-probabilities', 'Leave logprobs out');
	if (logitBias !== undefined) throw refused('a bias on single tokens', 'Leave logit_bias out');
	const { repeatPenalty, frequencyPenalty, presencePenalty, dryMultiplier, dryPenaltyLastN, ...all } =
		withDefaults(sampling);
	const recent = begun.slice(-penaltyTokens);
	const penalises = repeatPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
	const dries = dryMultiplier !== 0 && dryPenaltyLastN > 0;
	return {
		options: {
			temperature: all.temperature,
			topK: all.topK,
			topP: all.topP,
			minP: all.minP,
			seed: fixedSeed(sampling.seed),
			...(penalises
				? {
						repeatPenalty: {
							punishTokens: () => recent as readonly number[] as Token[],
							maxPunishTokens: penaltyTokens,
							penalty: repeatPenalty,
							frequencyPenalty,
							presencePenalty,
						},
					}
				: {}),
			...(dries
				? {
						dryRepeatPenalty: {
							strength: dryMultiplier,
							base: all.dryBase,
							allowedLength: all.dryAllowedLength,
							lastTokens: dryPenaltyLastN,
							sequenceBreakers: [...dryBreakers],
						},
					}
				: {}),
			...(all.xtcProbability > 0 ? { xtc: { probability: all.xtcProbability, threshold: all.xtcThreshold } } : {}),
			yieldEogToken: true,
		},
		record(token) {
			recent.push(token);
			if (recent.length > penaltyTokens) recent.shift();
		},
		// node-llama-cpp frees its samplers at the end of an evaluation.
		free() {},
	};
}
