import { isDeepStrictEqual } from 'node:util';
import type { Manifest, ManifestArm } from '../contract/evaluation/manifest.ts';
import type { Technique } from '../contract/evaluation/technique.ts';

/** The unit whose likelihood is measured, by the form of the question. */
const likelihoodOf = { text: 'choice', letters: 'letter', blank: 'blank' } as const;

/** "Zero-shot", "5-shot", "Chain of thought, 3-shot", "CoT@5", "Likeliest choice", …. */
export function techniqueLabel(technique: Technique): string {
	const shots = 'shots' in technique && technique.shots > 0 ? `${technique.shots}-shot` : '';
	const after = shots === '' ? '' : `, ${shots}`;
	switch (technique.kind) {
		case 'zero-shot':
			return 'Zero-shot';
		case 'few-shot':
			return shots;
		case 'chain-of-thought':
			return `Chain of thought${after}`;
		case 'self-consistency':
			return `CoT@${technique.k}${after}`;
		case 'choice-likelihood':
			return `Likeliest ${likelihoodOf[technique.form]}${after}`;
		case 'choice-letter':
			return `Letter choice${technique.forced ? ', forced' : ''}${after}`;
	}
}

function parametersLabel({ parameters }: ManifestArm): string {
	const heat = parameters.temperature === 0 ? 'greedy' : `temperature ${parameters.temperature}`;
	return `${heat}, ${parameters.maxTokens} tokens`;
}

/**
 * What distinguishes each arm from the others of its run, in order; parts that are the same in all arms are left out.
 */
export function labelsOf({ arms }: Pick<Manifest, 'arms'>): readonly string[] {
	const differs = (of: (arm: ManifestArm) => unknown): boolean =>
		arms.some((arm) => !isDeepStrictEqual(of(arm), of(arms[0] as ManifestArm)));
	const names = differs(({ model }) => model.name);
	const parts: ((arm: ManifestArm) => string)[] = [];
	if (names) parts.push(({ model }) => model.name);
	if (differs(({ model }) => model.quantization)) parts.push(({ model }) => model.quantization);
	else if (!names && differs(({ model }) => model.sha256)) parts.push(({ model }) => model.sha256.slice(0, 8));
	if (differs(({ prompt }) => prompt.name)) {
		parts.push(({ prompt }) => prompt.name);
		if (differs(({ prompt }) => prompt.number)) parts.push(({ prompt }) => `v${prompt.number}`);
	} else if (differs(({ prompt }) => prompt.number)) parts.push(({ prompt }) => `${prompt.name} v${prompt.number}`);
	if (differs(({ technique }) => technique)) parts.push(({ technique }) => techniqueLabel(technique));
	if (differs(({ parameters }) => parameters)) parts.push(parametersLabel);
	const labels = arms.map((arm) =>
		parts.length === 0
			? `${arm.model.name} ${arm.model.quantization}`.trim()
			: parts.map((part) => part(arm)).join(' · '),
	);
	// Two arms that differ only in something no label shows (an instruction, top-k) get numbers.
	return labels.map((label, index) =>
		labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label} (${index + 1})`,
	);
}
