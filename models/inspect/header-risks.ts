import type { GgufFacts } from '../contract/gguf.ts';
import type { Risk } from '../contract/inspection.ts';
import type { GgufHeader } from '../gguf/header.ts';
import { textOf } from '../gguf/model-facts.ts';
import { hiddenCharacters } from './hidden-characters.ts';

const warning = (message: string, excerpt: string | null = null): Risk => ({
	level: 'warning',
	where: 'header',
	message,
	excerpt,
});

const count = (value: number): string => value.toLocaleString('en');

/** The largest known trained context (Llama 4 Scout), tokens. */
const largestKnownContext = 10_485_760;

/** Header texts that people read; hidden characters in them are suspicious. */
const readTexts = ['general.name', 'general.description', 'general.author', 'general.license', 'general.basename'];

function numberAt(header: GgufHeader, key: string): number | null {
	const value = header.metadata.get(key);
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/** Describes header values that are valid but make no sense; absurd ones have been refused already. */
export function headerRisks(header: GgufHeader, facts: GgufFacts): Risk[] {
	const { architecture: arch } = facts;
	const risks: Risk[] = [];
	if (facts.contextLength !== null && facts.contextLength > largestKnownContext) {
		risks.push(
			warning(
				`The header states a trained context of ${count(facts.contextLength)} tokens; no known model has more than ${count(largestKnownContext)}.`,
			),
		);
	}
	if (facts.contextLength !== null && facts.contextLength < 128) {
		risks.push(
			warning(
				`The header states a trained context of ${count(facts.contextLength)} tokens, too few for a conversation.`,
			),
		);
	}
	const base = numberAt(header, `${arch}.rope.freq_base`);
	if (base !== null && (!Number.isFinite(base) || base < 100 || base > 1e9)) {
		risks.push(warning(`The rotary base is ${base}; models have 10,000 to some millions. Answers will be noise.`));
	}
	const scale = numberAt(header, `${arch}.rope.scaling.factor`);
	if (scale !== null && (!Number.isFinite(scale) || scale <= 0 || scale > 256)) {
		risks.push(warning(`Positions are stretched by ${scale}, which no known model does.`));
	}
	const epsilon =
		numberAt(header, `${arch}.attention.layer_norm_rms_epsilon`) ??
		numberAt(header, `${arch}.attention.layer_norm_epsilon`);
	if (epsilon !== null && (!Number.isFinite(epsilon) || epsilon < 0 || epsilon > 0.01)) {
		risks.push(warning(`The normalisation epsilon is ${epsilon}; models have about 0.00001. Answers will be noise.`));
	}
	for (const key of ['bos_token_id', 'eos_token_id', 'padding_token_id']) {
		const id = numberAt(header, `tokenizer.ggml.${key}`);
		if (id !== null && facts.vocabularySize !== null && id >= facts.vocabularySize && id !== 0xffff_ffff) {
			risks.push(
				warning(
					`tokenizer.ggml.${key} is ${count(id)}, outside the vocabulary of ${count(facts.vocabularySize)} tokens.`,
				),
			);
		}
	}
	if (facts.bitsPerWeight > 0 && facts.bitsPerWeight < 1) {
		risks.push(warning(`The weights have ${facts.bitsPerWeight.toFixed(2)} bits each; a model needs at least 1.`));
	}
	for (const key of readTexts) {
		const hidden = hiddenCharacters(textOf(header, key) ?? '');
		if (hidden !== null) risks.push({ ...warning(`${key} contains ${hidden.what}.`, hidden.excerpt), level: 'danger' });
	}
	return risks;
}
