import { greedySampling } from '../../contract/default-sampling.ts';
import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import { NativeContext } from '../../native/context.ts';
import { NativeModel } from '../../native/model.ts';
import { createSampler } from '../../native/sampler.ts';
import { NativeSequence } from '../../native/sequence.ts';
import { commonPrefixLength } from '../../prompt/common-prefix.ts';
import type { Drafter } from './drafter.ts';

/** Vocabularies of one family differ in size by at most this many tokens. */
const sizeDifference = 128;

/** Number of tokens whose texts are compared; a thousand spread over the vocabulary distinguish families. */
const comparedTokens = 1000;

/** Throws if tokens have different meanings in the two models. */
function checkVocabulary(model: NativeModel, draft: NativeModel): void {
	const sizes = [model.facts.vocabularySize, draft.facts.vocabularySize] as const;
	const shared = Math.min(...sizes);
	const step = Math.max(1, Math.floor(shared / comparedTokens));
	let differs = Math.abs(sizes[0] - sizes[1]) > sizeDifference;
	for (let token = 0; token < shared && !differs; token += step) {
		differs = model.detokenize([token], true) !== draft.detokenize([token], true);
	}
	if (!differs) return;
	throw new Failure({
		code: 'draft-model-unsuitable',
		message: said`The draft model ${draft.facts.path} can’t guess for this model: they split text into different tokens.`,
		next: [said`Choose a smaller model of the same family`, said`Use prompt lookup instead`, said`Switch drafting off`],
	});
}

/**
 * Opens a smaller model of the same family in the same process; its most likely tokens are the drafts. Throws Failure
 * `draft-model-unsuitable` and those of `NativeModel.load`.
 */
export async function openDraftModel(
	model: NativeModel,
	path: string,
	contextSize: number,
	threads: () => number,
): Promise<Drafter> {
	const draft = await NativeModel.load(model.library, path, { checkTensors: false });
	try {
		checkVocabulary(model, draft);
	} catch (error) {
		draft.free();
		throw error;
	}
	const batchSize = 512;
	const context = new NativeContext(draft, { contextSize, batchSize, threads: threads() });
	const sequence = new NativeSequence(context);
	const sampler = createSampler(draft, { ...greedySampling, seed: 0 });
	const known = draft.facts.vocabularySize;
	let tokens: number[] = [];
	return {
		begin(before) {
			tokens = [...before];
		},
		recordToken(token) {
			tokens.push(token);
		},
		async propose(most) {
			const end = tokens.length - 1;
			// No draft for a token beyond the smaller vocabulary, or if the context is full.
			if (end < 0 || tokens.length + most >= context.contextSize || tokens.some((token) => token >= known)) return [];
			context.setThreads(threads());
			let done = sequence.cut(Math.min(commonPrefixLength(sequence.tokens, tokens), end));
			for (; done < end; done += batchSize) await sequence.append(tokens.slice(done, Math.min(end, done + batchSize)));
			const guesses: number[] = [];
			let last = tokens[end]!;
			while (guesses.length < most) {
				last = await sequence.next(last, sampler);
				if (draft.ends(last)) break;
				guesses.push(last);
			}
			return guesses;
		},
		free() {
			context.free();
			draft.free();
		},
	};
}
