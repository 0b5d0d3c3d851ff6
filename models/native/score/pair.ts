import { Failure } from '../../contract/failure.ts';
import type { NativeWarning } from '../../contract/native.ts';
import type { NativeModel } from '../model.ts';

function refuse(code: string, message: string): Failure {
	return new Failure({
		code,
		message: `These two files can't be compared: ${message}.`,
		next: ['Choose two quantisations of the same model', 'Compare different models with an evaluation run instead'],
	});
}

function n(value: number): string {
	return value.toLocaleString('en');
}

/** Throws Failure `pair-tokenizer` where two models cut text differently, token by token. */
function checkVocabulary(model: NativeModel, reference: NativeModel): void {
	const { functions } = model.library;
	const size = model.facts.vocabularySize;
	const other = reference.facts.vocabularySize;
	if (size !== other)
		throw refuse('pair-tokenizer', `one has ${n(size)} tokens in its vocabulary, the other ${n(other)}`);
	if (functions.llama_vocab_type(model.vocabulary) !== functions.llama_vocab_type(reference.vocabulary)) {
		throw refuse('pair-tokenizer', 'their tokenizers are of different kinds');
	}
	if (model.startToken !== reference.startToken)
		throw refuse('pair-tokenizer', 'they begin a text with different tokens');
	for (let token = 0; token < size; token += 1) {
		const text = functions.llama_vocab_get_text(model.vocabulary, token);
		const otherText = functions.llama_vocab_get_text(reference.vocabulary, token);
		if (text === otherText) continue;
		const pair = `${JSON.stringify(text)} in one and ${JSON.stringify(otherText)} in the other`;
		throw refuse('pair-tokenizer', `token ${n(token)} is ${pair}`);
	}
}

/**
 * Checks that two files hold the same model, differently quantised. Throws Failure `pair-architecture`, `pair-shape` or
 * `pair-tokenizer`; warns where the reference is the smaller file.
 */
export function checkPair(model: NativeModel, reference: NativeModel): NativeWarning[] {
	const a = model.facts;
	const b = reference.facts;
	if (a.architecture !== b.architecture) {
		throw refuse('pair-architecture', `one is a ${a.architecture} model, the other a ${b.architecture} model`);
	}
	checkVocabulary(model, reference);
	if (a.parameters !== b.parameters || a.layers !== b.layers || a.embeddingLength !== b.embeddingLength) {
		const shape = (facts: typeof a): string => `${n(facts.parameters)} parameters in ${facts.layers} layers`;
		throw refuse('pair-shape', `one has ${shape(a)}, the other ${shape(b)}`);
	}
	if (b.sizeBytes >= a.sizeBytes) return [];
	const mega = (bytes: number): string => `${n(Math.round(bytes / 1e6))} MB`;
	return [
		{
			code: 'reference-smaller',
			message:
				`The reference (${mega(b.sizeBytes)}) is smaller than the model compared with it (${mega(a.sizeBytes)}): ` +
				'the divergence then shows the damage of the reference too.',
		},
	];
}
