import { isDeepStrictEqual } from 'node:util';
import {
	amount,
	figure,
	list,
	type Said,
	type SayableValue,
	said,
	spoken,
	type Words,
} from '../../models/contract/said.ts';
import { techniqueFormat } from '../contract/answer-format-name.ts';
import type { ManifestArm } from '../contract/evaluation/manifest.ts';
import type { Unfair } from '../contract/evaluation/schema.ts';
import type { Scorer } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { lowerFirst } from '../contract/lower-case.ts';
import { capitalised, contextWords, inEnglish, techniqueWords } from './arm-labels.ts';
import { contextIdentity } from './manifest-hash.ts';
import { type Outputs, sameOutputs } from './same-outputs.ts';

/** One measured side of a comparison. */
export interface ComparedArm extends Outputs {
	readonly label: Words;
	/** The scorer to compare by. */
	readonly scorer: string;
	readonly arm: ManifestArm;
	readonly repeatable: 'unknown' | 'yes' | 'no';
	/** Whether an answer depended on no other row of its run. */
	readonly independent: boolean;
}

function shotsOf(technique: Technique): number {
	return 'shots' in technique ? technique.shots : 0;
}

function shotsWords(technique: Technique): SayableValue {
	const shots = shotsOf(technique);
	return shots === 0 ? said`no examples` : said`${amount(shots, 'example')}`;
}

interface Dimension {
	readonly code: Unfair['code'];
	readonly differs: (a: ManifestArm, b: ManifestArm) => boolean;
	/** Begins a sentence. */
	readonly words: (a: ComparedArm, b: ComparedArm) => Said;
}

/**
 * The dimensions that people compare. One may differ: that is the comparison. If two differ, nobody knows which one
 * made the difference.
 */
const dimensions: readonly Dimension[] = [
	{
		code: 'technique',
		differs: asksOtherwise,
		words: (a, b) =>
			said`${capitalised(a.label)} used ${lowered(techniqueWords(a.arm.technique))}, ${b.label} ${lowered(techniqueWords(b.arm.technique))}`,
	},
	{
		code: 'shots',
		differs: (a, b) => !asksOtherwise(a, b) && shotsOf(a.technique) !== shotsOf(b.technique),
		words: (a, b) =>
			said`${capitalised(a.label)} was shown ${shotsWords(a.arm.technique)}, ${b.label} ${shotsWords(b.arm.technique)}`,
	},
	{
		code: 'technique',
		differs: (a, b) =>
			!asksOtherwise(a, b) &&
			shotsOf(a.technique) === shotsOf(b.technique) &&
			!(isDeepStrictEqual(a.technique, b.technique) && isDeepStrictEqual(a.examples, b.examples)),
		words: (a, b) =>
			said`${capitalised(a.label)} and ${b.label} used the same technique with different instructions or examples`,
	},
	{
		code: 'prompt-template',
		differs: (a, b) => a.prompt.sha256 !== b.prompt.sha256,
		words: (a, b) =>
			said`The prompts differ: ${a.arm.prompt.name} v${a.arm.prompt.number} and ${b.arm.prompt.name} v${b.arm.prompt.number}`,
	},
	{
		code: 'parameters',
		differs: (a, b) => !isDeepStrictEqual(a.parameters, b.parameters),
		words: () => said`Temperature, length or other sampling parameters differ`,
	},
	{
		code: 'documents',
		differs: (a, b) => !isDeepStrictEqual(contextIdentity(a.context), contextIdentity(b.context)),
		words: (a, b) =>
			said`${capitalised(a.label)} had ${contextWords(a.arm.context)}, ${b.label} ${contextWords(b.arm.context)}`,
	},
];

/** Whether the techniques are of another kind, or force answers into another format. */
function asksOtherwise({ technique: a }: ManifestArm, { technique: b }: ManifestArm): boolean {
	return a.kind !== b.kind || techniqueFormat(a) !== techniqueFormat(b);
}

/** A model with another chat template counts as another model: it is asked differently. So does one with other adapters. */
const isOtherModel = (a: ManifestArm, b: ManifestArm): boolean =>
	a.model.sha256 !== b.model.sha256 ||
	!isDeepStrictEqual(a.model.chatTemplate, b.model.chatTemplate) ||
	adaptersKey(a) !== adaptersKey(b);

const adaptersKey = ({ adapters = [] }: ManifestArm): string =>
	JSON.stringify(adapters.map(({ sha256, scale }) => [sha256, scale]));

const lowered = (words: Words): Words => inEnglish(words, lowerFirst);

function scorerOf({ manifest, scorer }: ComparedArm): Scorer | undefined {
	return manifest.scorers.find((one) => scorerName(one) === scorer);
}

/** Names the settings of two scorers that differ, as config files write them. */
function differingSettings(a: Scorer | undefined, b: Scorer | undefined): readonly string[] {
	const [one, two] = [new Map(Object.entries(a ?? {})), new Map(Object.entries(b ?? {}))];
	return [...new Set([...one.keys(), ...two.keys()])].filter((key) => !isDeepStrictEqual(one.get(key), two.get(key)));
}

/** How the scoring of the same outputs differs. */
function markedTwice(first: ComparedArm, other: ComparedArm): Said {
	const sameRules = isDeepStrictEqual(scorerOf(first), scorerOf(other));
	const sameTechnique = isDeepStrictEqual(first.arm.technique, other.arm.technique);
	const [a, b] = [capitalised(first.label), other.label];
	if (sameRules && sameTechnique) return said`${a} and ${b} are the same outputs, scored by the same rules.`;
	if (sameTechnique) {
		return said`${a} and ${b} are the same outputs, scored differently: by different rules; the model’s answers are the same.`;
	}
	return sameRules
		? said`${a} and ${b} are the same outputs, scored differently: with a different rule to find the answer; the model’s answers are the same.`
		: said`${a} and ${b} are the same outputs, scored differently: by different rules and with a different rule to find the answer; the model’s answers are the same.`;
}

/** Outputs that two measurements of one arm share, and how many of those differ. */
export interface SharedOutputs {
	readonly shared: number;
	readonly differing: number;
}

/** Whether the two sides are one arm, measured in two runs with equal seed, context and engine. */
export function isSameArm(first: ComparedArm, other: ComparedArm): boolean {
	return (
		first.runId !== other.runId &&
		!sameOutputs(first, other) &&
		!isOtherModel(first.arm, other.arm) &&
		first.arm.contextSize === other.arm.contextSize &&
		first.manifest.seed === other.manifest.seed &&
		first.manifest.engineBuild === other.manifest.engineBuild &&
		!dimensions.some(({ differs }) => differs(first.arm, other.arm))
	);
}

function neighboursMessage(side: ComparedArm, isSame: boolean, outputs: SharedOutputs | null): Said {
	if (!isSame || outputs === null) {
		return said`Answers of ${side.label} depend slightly on the samples decoded with them, so a small part of the difference may come from that.`;
	}
	const { shared, differing } = outputs;
	return differing === 1
		? said`Answers of ${side.label} depend slightly on the samples decoded with them: of ${figure(shared)} outputs that the two runs share, ${figure(differing)} differs, although model, prompt and settings are the same.`
		: said`Answers of ${side.label} depend slightly on the samples decoded with them: of ${figure(shared)} outputs that the two runs share, ${figure(differing)} differ, although model, prompt and settings are the same.`;
}

/** Why `other` can't be compared fairly with `first`; the most serious reason first. `common` samples are in both. */
export function findUnfairness(
	first: ComparedArm,
	other: ComparedArm,
	{ common, left, outputs }: { common: number; left: number; outputs: SharedOutputs | null },
): readonly Unfair[] {
	const found: Unfair[] = [];
	const say = (code: Unfair['code'], serious: boolean, message: Said): void => {
		found.push(spoken({ code, serious, message }));
	};
	const again = sameOutputs(first, other);
	if (again) say('same-outputs', false, markedTwice(first, other));
	// For outputs scored twice, the techniques differ only in the extraction rule.
	const differing = again ? [] : dimensions.filter(({ differs }) => differs(first.arm, other.arm));
	const models = isOtherModel(first.arm, other.arm);
	if (differing.length + (models ? 1 : 0) > 1) {
		for (const { code, words } of differing) {
			const apart = words(first, other);
			say(
				code,
				true,
				models
					? said`${apart}; the difference may come from that, not from the model.`
					: said`${apart}; the difference may come from that, not from the other differences.`,
			);
		}
	}
	if (!again && !isDeepStrictEqual(scorerOf(first), scorerOf(other))) {
		const settings = differingSettings(scorerOf(first), scorerOf(other));
		say('scorer', true, said`“${first.scorer}” scores the two by different rules: they differ in ${list(settings)}.`);
	}
	if (first.arm.model.chat !== other.arm.model.chat) {
		const [chat, base] = first.arm.model.chat ? [first, other] : [other, first];
		say(
			'chat-template',
			true,
			said`${capitalised(chat.label)} was prompted through its chat template, ${base.label} has none.`,
		);
	}
	if (left > 0) {
		const many = left > common;
		say(
			'samples',
			many,
			said`${figure(common)} samples were scored on both sides and are compared; ${figure(left)} left out because a side has no score.`,
		);
	}
	if (first.manifest.epochs !== other.manifest.epochs) {
		say(
			'samples',
			false,
			said`${capitalised(first.label)} answered each sample ${first.manifest.epochs} times, ${other.label} ${other.manifest.epochs} times; their means are compared.`,
		);
	}
	if (first.manifest.dataset.sha256 !== other.manifest.dataset.sha256) {
		say(
			'dataset',
			false,
			said`The two were measured on different versions of the dataset; samples that are the same in both are compared.`,
		);
	}
	if (first.arm.contextSize !== other.arm.contextSize) {
		say(
			'context',
			false,
			said`The context was ${figure(first.arm.contextSize)} tokens for ${first.label} and ${figure(other.arm.contextSize)} for ${other.label}.`,
		);
	}
	if (first.manifest.engineBuild !== other.manifest.engineBuild) {
		say('engine', false, said`The engines differ: ${first.manifest.engineBuild} and ${other.manifest.engineBuild}.`);
	}
	if (first.manifest.width !== other.manifest.width) {
		// Independent rows give the same digits at every width but 1, where a row is computed as in chat.
		const digits = [first, other].every(({ independent, manifest }) => independent && manifest.width > 1);
		say(
			'width',
			false,
			digits
				? said`${first.manifest.width} and ${other.manifest.width} samples ran in parallel, which changes latencies.`
				: said`${first.manifest.width} and ${other.manifest.width} samples ran in parallel, which changes the last digits of what a model computes, and latencies.`,
		);
	}
	const dependent = again ? undefined : [first, other].find(({ independent }) => !independent);
	if (dependent !== undefined) {
		say('neighbours', false, neighboursMessage(dependent, isSameArm(first, other), outputs));
	}
	for (const side of [first, other]) {
		if (side.repeatable === 'no')
			say('repeatable', false, said`${capitalised(side.label)} did not come out the same when it was measured again.`);
	}
	return found.toSorted((a, b) => Number(b.serious) - Number(a.serious));
}
