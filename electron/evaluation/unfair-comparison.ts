import { isDeepStrictEqual } from 'node:util';
import type { ManifestArm } from '../contract/evaluation/manifest.ts';
import type { Unfair } from '../contract/evaluation/schema.ts';
import type { Scorer } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { techniqueLabel } from './arm-labels.ts';
import { type Outputs, sameOutputs } from './same-outputs.ts';

/** One measured side of a comparison. */
export interface ComparedArm extends Outputs {
	readonly label: string;
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

function shotsWords(technique: Technique): string {
	const shots = shotsOf(technique);
	return shots === 0 ? 'no examples' : shots === 1 ? '1 example' : `${shots} examples`;
}

interface Dimension {
	readonly code: Unfair['code'];
	readonly differs: (a: ManifestArm, b: ManifestArm) => boolean;
	readonly words: (a: ComparedArm, b: ComparedArm) => string;
}

/**
 * The dimensions that people compare. One may differ: that is the comparison. If two differ, nobody knows which one
 * made the difference.
 */
const dimensions: readonly Dimension[] = [
	{
		code: 'technique',
		differs: (a, b) => a.technique.kind !== b.technique.kind,
		words: (a, b) =>
			`${a.label} used ${techniqueLabel(a.arm.technique).toLowerCase()}, ${b.label} ${techniqueLabel(b.arm.technique).toLowerCase()}`,
	},
	{
		code: 'shots',
		differs: (a, b) => a.technique.kind === b.technique.kind && shotsOf(a.technique) !== shotsOf(b.technique),
		words: (a, b) => `${a.label} was shown ${shotsWords(a.arm.technique)}, ${b.label} ${shotsWords(b.arm.technique)}`,
	},
	{
		code: 'technique',
		differs: (a, b) =>
			a.technique.kind === b.technique.kind &&
			shotsOf(a.technique) === shotsOf(b.technique) &&
			!(isDeepStrictEqual(a.technique, b.technique) && isDeepStrictEqual(a.examples, b.examples)),
		words: (a, b) => `${a.label} and ${b.label} used the same technique with different instructions or examples`,
	},
	{
		code: 'prompt-template',
		differs: (a, b) => a.prompt.sha256 !== b.prompt.sha256,
		words: (a, b) =>
			`the prompts differ: ${a.arm.prompt.name} v${a.arm.prompt.number} and ${b.arm.prompt.name} v${b.arm.prompt.number}`,
	},
	{
		code: 'parameters',
		differs: (a, b) => !isDeepStrictEqual(a.parameters, b.parameters),
		words: () => 'temperature, length or other sampling parameters differ',
	},
];

/** A model with another chat template counts as another model: it is asked differently. */
const isOtherModel = (a: ManifestArm, b: ManifestArm): boolean =>
	a.model.sha256 !== b.model.sha256 || !isDeepStrictEqual(a.model.chatTemplate, b.model.chatTemplate);

/** "Capital letter first." */
function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function scorerOf({ manifest, scorer }: ComparedArm): Scorer | undefined {
	return manifest.scorers.find((one) => scorerName(one) === scorer);
}

/** How the scoring of the same outputs differs. */
function markedTwice(first: ComparedArm, other: ComparedArm): string {
	const parts = [
		isDeepStrictEqual(scorerOf(first), scorerOf(other)) ? null : 'by different rules',
		isDeepStrictEqual(first.arm.technique, other.arm.technique) ? null : 'with a different rule to find the answer',
	].filter((part) => part !== null);
	if (parts.length === 0) return `${first.label} and ${other.label} are the same outputs, scored by the same rules`;
	return `${first.label} and ${other.label} are the same outputs, scored differently: ${parts.join(' and ')}; the model's answers are the same`;
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

function neighboursMessage(side: ComparedArm, isSame: boolean, outputs: SharedOutputs | null): string {
	const cause = `answers of ${side.label} depend slightly on the samples decoded with them`;
	if (!isSame || outputs === null) return `${cause}, so a small part of the difference may come from that`;
	const { shared, differing } = outputs;
	return `${cause}: of ${shared.toLocaleString('en')} outputs that the two runs share, ${differing.toLocaleString('en')} ${differing === 1 ? 'differs' : 'differ'}, although model, prompt and settings are the same`;
}

/** Why `other` can't be compared fairly with `first`; the most serious reason first. `common` samples are in both. */
export function findUnfairness(
	first: ComparedArm,
	other: ComparedArm,
	{ common, left, outputs }: { common: number; left: number; outputs: SharedOutputs | null },
): readonly Unfair[] {
	const found: Unfair[] = [];
	const say = (code: Unfair['code'], serious: boolean, message: string): void => {
		found.push({ code, serious, message: `${sentence(message)}.` });
	};
	const again = sameOutputs(first, other);
	if (again) say('same-outputs', false, markedTwice(first, other));
	// For outputs scored twice, the techniques differ only in the extraction rule.
	const differing = again ? [] : dimensions.filter(({ differs }) => differs(first.arm, other.arm));
	const models = isOtherModel(first.arm, other.arm);
	if (differing.length + (models ? 1 : 0) > 1) {
		for (const { code, words } of differing) {
			const cause = models ? 'the model' : 'the other differences';
			say(code, true, `${words(first, other)}; the difference may come from that, not from ${cause}`);
		}
	}
	if (!again && !isDeepStrictEqual(scorerOf(first), scorerOf(other))) {
		say('scorer', true, `“${first.scorer}” scores the two by different rules`);
	}
	if (first.arm.model.chat !== other.arm.model.chat) {
		const [chat, base] = first.arm.model.chat ? [first, other] : [other, first];
		say('chat-template', true, `${chat.label} was prompted through its chat template, ${base.label} has none`);
	}
	if (left > 0) {
		const many = left > common;
		say(
			'samples',
			many,
			`${common.toLocaleString('en')} samples were scored on both sides and are compared; ${left.toLocaleString('en')} were on one side only`,
		);
	}
	if (first.manifest.epochs !== other.manifest.epochs) {
		say(
			'samples',
			false,
			`${first.label} answered each sample ${first.manifest.epochs} times, ${other.label} ${other.manifest.epochs} times; their means are compared`,
		);
	}
	if (first.manifest.dataset.sha256 !== other.manifest.dataset.sha256) {
		say(
			'dataset',
			false,
			'the two were measured on different versions of the dataset; samples that are the same in both are compared',
		);
	}
	if (first.arm.contextSize !== other.arm.contextSize) {
		say(
			'context',
			false,
			`the context was ${first.arm.contextSize.toLocaleString('en')} tokens for ${first.label} and ${other.arm.contextSize.toLocaleString('en')} for ${other.label}`,
		);
	}
	if (first.manifest.engineBuild !== other.manifest.engineBuild) {
		say('engine', false, `the engines differ: ${first.manifest.engineBuild} and ${other.manifest.engineBuild}`);
	}
	if (first.manifest.width !== other.manifest.width) {
		// Independent rows give the same digits at every width but 1, where a row is computed as in chat.
		const digits = [first, other].every(({ independent, manifest }) => independent && manifest.width > 1);
		say(
			'width',
			false,
			`${first.manifest.width} and ${other.manifest.width} samples ran in parallel, which changes ${digits ? 'latencies' : 'the last digits of what a model computes, and latencies'}`,
		);
	}
	const dependent = again ? undefined : [first, other].find(({ independent }) => !independent);
	if (dependent !== undefined) {
		say('neighbours', false, neighboursMessage(dependent, isSameArm(first, other), outputs));
	}
	for (const side of [first, other]) {
		if (side.repeatable === 'no')
			say('repeatable', false, `${side.label} did not come out the same when it was measured again`);
	}
	return found.toSorted((a, b) => Number(b.serious) - Number(a.serious));
}
