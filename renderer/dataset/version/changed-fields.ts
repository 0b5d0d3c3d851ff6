import type { Sample } from '../../../electron/contract/dataset/sample.ts';

export interface ChangedField {
	readonly label: string;
	/** null: there was none. */
	readonly before: string | null;
	readonly after: string | null;
}

const roles = { system: 'System', user: 'User', assistant: 'Answer' } as const;

/** Every field whose text differs between two samples, in the order in which a sample is shown; null: there is none. */
export function listChangedFields(before: Sample | null, after: Sample | null): readonly ChangedField[] {
	const whole = before === null || after === null;
	const [from, to] = [fieldsOf(before, !whole), fieldsOf(after, !whole)];
	const labels = [...new Set([...from.keys(), ...to.keys()])];
	return labels.flatMap((label) => {
		const field = { label, before: from.get(label) ?? null, after: to.get(label) ?? null };
		return field.before === field.after ? [] : [field];
	});
}

/** What a sample says; `all`: with what matters only where it changes. */
function fieldsOf(sample: Sample | null, all: boolean): ReadonlyMap<string, string> {
	const fields = new Map<string, string>();
	if (sample === null) return fields;
	const { input, target, choices, tags, cluster, variables } = sample;
	fields.set(
		'Input',
		typeof input === 'string' ? input : input.map(({ role, content }) => `${roles[role]}: ${content}`).join('\n\n'),
	);
	if (target !== null) fields.set('Target', target);
	if (choices !== null) fields.set('Choices', choices.map((choice, index) => `${index + 1}. ${choice}`).join('\n'));
	if (!all) return fields;
	if (tags.length > 0) fields.set('Tags', tags.join(', '));
	if (cluster !== null) fields.set('Cluster', cluster);
	for (const [name, value] of Object.entries(variables)) fields.set(`{{${name}}}`, value);
	return fields;
}
