import { isDeepStrictEqual } from 'node:util';
import { list, Said, said, type Words } from '../../models/contract/said.ts';
import { answerFormatName, techniqueFormat } from '../contract/answer-format-name.ts';
import type { ManifestContext } from '../contract/evaluation/arm-context.ts';
import type { Manifest, ManifestArm } from '../contract/evaluation/manifest.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { adaptedName, adapterLabel } from '../library/adapters/adapters.ts';

/** "Zero-shot", "5-shot", "Chain of thought, 3-shot", "CoT@5", "Likeliest choice", …. */
export function techniqueWords(technique: Technique): Words {
	const { shots } = { shots: 0, ...technique };
	const format = techniqueFormat(technique);
	const parts = [
		kindWords(technique),
		shots > 0 ? said`${shots}-shot` : null,
		format === undefined ? null : answerFormatName(format),
	].filter((part) => part !== null);
	return parts.length > 1 ? said`${list(parts, 'comma')}` : (parts[0] ?? '');
}

/** The same in English, for names and documents. */
export function techniqueLabel(technique: Technique): string {
	return String(techniqueWords(technique));
}

/** null: the number of examples says it all. */
function kindWords(technique: Technique): Words | null {
	switch (technique.kind) {
		case 'zero-shot':
			return said`Zero-shot`;
		case 'few-shot':
			return null;
		case 'chain-of-thought':
			return said`Chain of thought`;
		case 'self-consistency':
			return `CoT@${technique.k}`;
		case 'choice-likelihood':
			return { text: said`Likeliest choice`, letters: said`Likeliest letter`, blank: said`Likeliest blank` }[
				technique.form
			];
		case 'choice-letter':
			return technique.forced ? said`Letter choice, forced` : said`Letter choice`;
		case 'tools':
			return technique.choice === 'required' ? said`Tools, forced` : said`Tools`;
	}
}

function parametersLabel({ parameters: { temperature, maxTokens } }: ManifestArm): Words {
	return temperature === 0 ? said`greedy, ${maxTokens} tokens` : said`temperature ${temperature}, ${maxTokens} tokens`;
}

/** What identifies the adapters of an arm. */
const adaptersOf = ({ adapters = [] }: ManifestArm): unknown => adapters.map(({ sha256, scale }) => [sha256, scale]);

function adapterWords({ adapters = [] }: ManifestArm): Words {
	if (adapters.length === 0) return said`without adapter`;
	return adapters.map(adapterLabel).join(' + ');
}

/** "no context", "all of Handbook", "passages of Handbook by words, 5", …. */
export function contextWords(context: ManifestContext | undefined): Words {
	if (context === undefined) return said`no context`;
	const { documents, overflow, facts } = context;
	const parts = [
		...(documents === undefined ? [] : [documentWords(documents)]),
		...(facts === undefined ? [] : [said`facts remembered`]),
		...(overflow === undefined
			? []
			: [
					{
						drop: said`oldest left out`,
						summary: said`oldest summarised`,
						retrieve: said`oldest looked up`,
					}[overflow],
				]),
	];
	return parts.length === 1 ? (parts[0] ?? '') : said`${list(parts, 'comma')}`;
}

function documentWords(documents: NonNullable<ManifestContext['documents']>): Words {
	const { collection, mode, k, search, rerank } = documents;
	if (mode === 'whole') return said`all of ${collection}`;
	if (mode === 'auto') return said`${collection} as in chat`;
	const ways = { bm25: said`by words`, vector: said`by meaning`, hybrid: said`by words and meaning` };
	const parts = [
		said`passages of ${collection} ${ways[search]}`,
		...(k === null ? [] : [said`at most ${k}`]),
		...(rerank === null ? [] : [said`reranked`]),
	];
	return said`${list(parts, 'comma')}`;
}

/** The same in English, for names and documents. */
export function contextLabel(context: ManifestContext | undefined): string {
	return String(contextWords(context));
}

/**
 * What distinguishes each arm from the others of its run, in order; parts that are the same in all arms are left out.
 */
export function labelsOf({ arms }: Pick<Manifest, 'arms'>): readonly Words[] {
	const differs = (of: (arm: ManifestArm) => unknown): boolean =>
		arms.some((arm) => !isDeepStrictEqual(of(arm), of(arms[0] as ManifestArm)));
	const names = differs(({ model }) => model.name);
	const parts: ((arm: ManifestArm) => Words)[] = [];
	if (names) parts.push(({ model }) => model.name);
	if (differs(({ model }) => model.quantization)) parts.push(({ model }) => model.quantization);
	else if (!names && differs(({ model }) => model.sha256)) parts.push(({ model }) => model.sha256.slice(0, 8));
	if (differs(adaptersOf)) parts.push(adapterWords);
	if (differs(({ prompt }) => prompt.name)) {
		parts.push(({ prompt }) => prompt.name);
		if (differs(({ prompt }) => prompt.number)) parts.push(({ prompt }) => `v${prompt.number}`);
	} else if (differs(({ prompt }) => prompt.number)) parts.push(({ prompt }) => `${prompt.name} v${prompt.number}`);
	if (differs(({ technique }) => technique)) parts.push(({ technique }) => techniqueWords(technique));
	if (differs(({ parameters }) => parameters)) parts.push(parametersLabel);
	if (differs(({ context }) => context)) parts.push(({ context }) => contextWords(context));
	const labels = arms.map((arm) =>
		parts.length === 0
			? adaptedName(`${arm.model.name} ${arm.model.quantization}`.trim(), arm.adapters)
			: joined(parts.map((part, index) => (index === 0 ? ofHeadline(part(arm)) : part(arm)))),
	);
	const texts = labels.map(String);
	// Two arms that differ only in something no label shows (an instruction, top-k) get numbers.
	return labels.map((label, index) => {
		const text = String(label);
		return texts.indexOf(text) === texts.lastIndexOf(text) ? label : numbered(label, index + 1);
	});
}

/** A name that a person gave stays as it is. */
const ofHeadline = (words: Words): Words => (typeof words === 'string' ? words : capitalised(words));

/** Changes the English words only; a translation stays as it is. */
export function inEnglish(words: Words, change: (text: string) => string): Words {
	return typeof words === 'string' ? change(words) : new Said({ ...words.facts, text: change(words.facts.text) });
}

/** Words at the beginning of a sentence or of a headline. */
export const capitalised = (words: Words): Words =>
	inEnglish(words, (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`);

/** Plain if all parts are. */
function joined(parts: readonly Words[]): Words {
	if (parts.every((part) => typeof part === 'string')) return parts.join(' · ');
	return parts.length === 1 ? (parts[0] ?? '') : said`${list(parts, 'dot')}`;
}

const numbered = (label: Words, number: number): Words =>
	typeof label === 'string' ? `${label} (${number})` : said`${label} (${number})`;
