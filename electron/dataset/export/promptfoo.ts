import { stringify } from 'yaml';
import type { Sample } from '../../contract/dataset/sample.ts';

/** What promptfoo asserts of an answer to a sample; empty where nothing says what is right. */
export function assertionsOf({
	target,
	metadata,
	choices,
}: Pick<Sample, 'target' | 'metadata' | 'choices'>): unknown[] {
	if (Array.isArray(metadata.assert)) return metadata.assert as unknown[];
	return target === null ? [] : [{ type: choices === null ? 'equals' : 'contains', value: target }];
}

/**
 * A test of promptfoo as an entry of a list in YAML. The question is the variable `input`, beside the sample's own; what
 * the sample was imported with is asserted again, else that the answer is the target.
 */
export function promptfooTest(sample: Sample): string | null {
	const { input, variables, metadata, tags, key, split } = sample;
	const asked = typeof input === 'string' ? input : JSON.stringify(input);
	const assert = assertionsOf(sample);
	const { description } = metadata;
	const test = {
		description: typeof description === 'string' ? description : key,
		vars: { ...variables, ...(Object.values(variables).includes(asked) ? {} : { input: asked }) },
		...(assert.length === 0 ? {} : { assert }),
		metadata: { id: key, split, ...(tags.length === 0 ? {} : { tags }) },
	};
	// A variable that is another's name in YAML would be an alias: every value is written out.
	return stringify([test], { aliasDuplicateObjects: false, lineWidth: 0 });
}
