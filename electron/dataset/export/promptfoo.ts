import { stringify } from 'yaml';
import type { Sample } from '../../contract/dataset/sample.ts';

/**
 * A test of promptfoo as an entry of a list in YAML. The question is the variable `input`, beside the sample's own; what
 * the sample was imported with is asserted again, else that the answer is the target.
 */
export function promptfooTest(sample: Sample): string | null {
	const { input, target, variables, metadata, choices, tags, key, split } = sample;
	const asked = typeof input === 'string' ? input : JSON.stringify(input);
	const asserted = Array.isArray(metadata.assert) ? (metadata.assert as unknown[]) : null;
	const assert =
		asserted ?? (target === null ? null : [{ type: choices === null ? 'equals' : 'contains', value: target }]);
	const { description } = metadata;
	const test = {
		description: typeof description === 'string' ? description : key,
		vars: { ...variables, ...(Object.values(variables).includes(asked) ? {} : { input: asked }) },
		...(assert === null ? {} : { assert }),
		metadata: { id: key, split, ...(tags.length === 0 ? {} : { tags }) },
	};
	// A variable that is another's name in YAML would be an alias: every value is written out.
	return stringify([test], { aliasDuplicateObjects: false, lineWidth: 0 });
}
