import { createHash } from 'node:crypto';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Manifest } from '../contract/evaluation/manifest.ts';

/** JSON with the keys of every object in order, so that equal values have one text. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_, each: unknown) =>
		each !== null && typeof each === 'object' && !Array.isArray(each)
			? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
			: each,
	);
}

/**
 * Hex. Equal for equal runs on any computer: ids of this library and names given to things are left out, contents and
 * settings are in.
 */
export function manifestHash({ arms, dataset, scorers, marked, ...rest }: Manifest): string {
	const { name: _name, number: _number, ...content } = dataset;
	return createHash('sha256')
		.update(
			canonical({
				...rest,
				dataset: content,
				arms: arms.map(({ prompt, model, ...arm }) => ({ ...arm, prompt: prompt.sha256, model: model.sha256 })),
				...(marked === undefined ? {} : { marked: marked.manifestHash }),
				scorers: scorers.map((scorer) => (scorer.kind === 'judge' ? { ...scorer, modelFileId: 0 } : scorer)),
			}),
		)
		.digest('hex');
}

/** Hex; of what is asked and expected, whatever the sample is called and wherever it came from. */
export function sampleHash({ input, target, choices, variables }: Sample): string {
	return createHash('sha256')
		.update(canonical([input, target, choices, variables]))
		.digest('hex');
}
