import { Failure } from '../../contract/failure.ts';
import type { NativeWarning } from '../../contract/native/tasks.ts';
import { type Said, said, spoken } from '../../contract/said.ts';
import type { ModelFacts, NativeModel } from '../model.ts';

function refuse(code: string, message: Said): Failure {
	return new Failure({
		code,
		message: said`These two files can’t be compared: ${message}.`,
		next: [
			said`Choose two quantisations of the same model`,
			said`Compare different models with an evaluation run instead`,
		],
	});
}

function n(value: number): string {
	return value.toLocaleString('en');
}

/**
 * Throws Failure `pair-tokenizer` if two models tokenise differently, comparing token by token. Needs only their
 * vocabularies.
 */
export function checkVocabulary(model: NativeModel, reference: NativeModel): void {
	const { functions } = model.library;
	const size = model.facts.vocabularySize;
	const other = reference.facts.vocabularySize;
	if (size !== other)
		throw refuse('pair-tokenizer', said`one has ${n(size)} tokens in its vocabulary, the other ${n(other)}`);
	if (functions.llama_vocab_type(model.vocabulary) !== functions.llama_vocab_type(reference.vocabulary)) {
		throw refuse('pair-tokenizer', said`their tokenizers are of different kinds`);
	}
	if (model.startToken !== reference.startToken)
		throw refuse('pair-tokenizer', said`they begin a text with different tokens`);
	for (let token = 0; token < size; token += 1) {
		const text = functions.llama_vocab_get_text(model.vocabulary, token);
		const otherText = functions.llama_vocab_get_text(reference.vocabulary, token);
		if (text === otherText) continue;
		const pair = said`${JSON.stringify(text)} in one and ${JSON.stringify(otherText)} in the other`;
		throw refuse('pair-tokenizer', said`token ${n(token)} is ${pair}`);
	}
}

type Shape = Pick<ModelFacts, 'architecture' | 'parameters' | 'layers' | 'embeddingLength'>;

/** Throws Failure `pair-architecture` or `pair-shape` if two files can't hold the same model. */
export function checkShapes(a: Shape, b: Shape): void {
	if (a.architecture !== b.architecture) {
		throw refuse('pair-architecture', said`one is a ${a.architecture} model, the other a ${b.architecture} model`);
	}
	if (a.parameters !== b.parameters || a.layers !== b.layers || a.embeddingLength !== b.embeddingLength) {
		const shape = (facts: Shape): Said => said`${n(facts.parameters)} parameters in ${facts.layers} layers`;
		throw refuse('pair-shape', said`one has ${shape(a)}, the other ${shape(b)}`);
	}
}

/** Warns if the reference is the smaller file. */
export function sizeWarnings(model: ModelFacts, reference: ModelFacts): NativeWarning[] {
	if (reference.sizeBytes >= model.sizeBytes) return [];
	const mega = (bytes: number): string => `${n(Math.round(bytes / 1e6))} MB`;
	return [
		spoken({
			code: 'reference-smaller',
			message: said`The reference (${mega(reference.sizeBytes)}) is smaller than the model compared with it (${mega(model.sizeBytes)}): the divergence then shows the damage of the reference too.`,
		}),
	];
}

/**
 * Checks that two files hold the same model in different quantisations. Throws Failure `pair-architecture`,
 * `pair-shape` or `pair-tokenizer`; warns if the reference is the smaller file.
 */
export function checkPair(model: NativeModel, reference: NativeModel): NativeWarning[] {
	if (model.facts.architecture !== reference.facts.architecture) checkShapes(model.facts, reference.facts);
	checkVocabulary(model, reference);
	checkShapes(model.facts, reference.facts);
	return sizeWarnings(model.facts, reference.facts);
}

/** Throws Failure `model-unsuitable` for models that don't continue a text; llama.cpp's programs abort on them. */
export function checkSuitable(model: NativeModel): void {
	const { functions } = model.library;
	const { path } = model.facts;
	const what = functions.llama_model_has_encoder(model.pointer)
		? said`${path} has an encoder, so the probability of a continuous text is not defined for it.`
		: functions.llama_vocab_get_add_eos(model.vocabulary)
			? said`${path} ends every text with a special token, so the probability of a continuous text is undefined for it.`
			: null;
	if (what === null) return;
	throw new Failure({
		code: 'model-unsuitable',
		message: what,
		next: [said`Choose a model that generates text`],
	});
}
