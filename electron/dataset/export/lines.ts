import type { Turn } from '../../../models/contract/generation.ts';
import type { Sample } from '../../contract/dataset/sample.ts';

/** A line, or null where the sample says nothing in this format. */
export type LineOf = (sample: Sample) => string | null;

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

function turnsOf({ input }: Sample): readonly Turn[] {
	return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

/** Everything of a sample, in the fields of Inspect where it has one: it reads them, and so does Assay. */
export const wholeLine: LineOf = ({ key, input, target, choices, variables, metadata, tags, cluster, split }) =>
	line({
		id: key,
		input,
		...(target === null ? {} : { target }),
		...(choices === null ? {} : { choices }),
		split,
		...(tags.length === 0 ? {} : { tags }),
		...(cluster === null ? {} : { cluster }),
		variables,
		metadata,
	});

/** Turns that end with the answer, for fine-tuning. */
export const messagesLine: LineOf = (sample) =>
	sample.target === null
		? null
		: line({ messages: [...turnsOf(sample), { role: 'assistant', content: sample.target }] });

/** Pairs of a better and a worse answer, of samples that know a worse one: the answer that was corrected. */
export const preferenceLine: LineOf = (sample) => {
	const { rejected } = sample.metadata;
	if (sample.target === null || typeof rejected !== 'string') return null;
	return line({
		prompt: turnsOf(sample),
		chosen: [{ role: 'assistant', content: sample.target }],
		rejected: [{ role: 'assistant', content: rejected }],
	});
};

/** A sample of Inspect AI: with choices its target is a letter. What it has no field for stands in the metadata. */
export const inspectLine: LineOf = ({ key, input, target, choices, metadata, tags, split, variables }) => {
	const index = choices === null || target === null ? -1 : targetIndexOf(choices, target, metadata);
	return line({
		id: key,
		input,
		target: index === -1 ? (target ?? '') : letterOf(index),
		...(choices === null ? {} : { choices }),
		metadata: { ...variables, ...metadata, split, ...(tags.length === 0 ? {} : { tags }) },
	});
};

function targetIndexOf(choices: readonly string[], target: string, metadata: Sample['metadata']): number {
	const { targetIndex } = metadata;
	if (typeof targetIndex === 'number' && choices[targetIndex] === target) return targetIndex;
	return choices.indexOf(target);
}

function letterOf(index: number): string {
	return String.fromCharCode(65 + index);
}
