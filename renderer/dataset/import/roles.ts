import type { Column, Mapping } from '../../../electron/contract/dataset/import.ts';

/** What a column says of a sample. 'variable': nothing but its name in templates. */
export type Role = 'input' | 'target' | 'choice' | 'key' | 'split' | 'tags' | 'cluster' | 'metadata' | 'variable';

export const roleWords: readonly { readonly value: Role; readonly words: string }[] = [
	{ value: 'input', words: 'Input' },
	{ value: 'target', words: 'Target' },
	{ value: 'choice', words: 'Choice' },
	{ value: 'tags', words: 'Tags' },
	{ value: 'split', words: 'Split' },
	{ value: 'cluster', words: 'Cluster' },
	{ value: 'key', words: 'Id' },
	{ value: 'variable', words: 'Variable only' },
	{ value: 'metadata', words: 'Kept, not used' },
];

/** Whether the input is put together from columns. */
export function isTemplate({ input }: Pick<Mapping, 'input'>): boolean {
	return input.includes('{{');
}

export function roleOf(column: string, mapping: Mapping): Role {
	if (mapping.input === column) return 'input';
	if (mapping.target === column) return 'target';
	if (mapping.choices.includes(column)) return 'choice';
	if (mapping.key === column) return 'key';
	if (mapping.split === column) return 'split';
	if (mapping.tags.includes(column)) return 'tags';
	if (mapping.cluster === column) return 'cluster';
	return mapping.metadata.includes(column) ? 'metadata' : 'variable';
}

const single = ['target', 'key', 'split', 'cluster'] as const;

/** The mapping with this column in this role; of a role that only one can have, the one before has none then. */
export function withRole(column: string, role: Role, mapping: Mapping, columns: readonly Column[]): Mapping {
	const before = roleOf(column, mapping);
	if (before === role) return mapping;
	const without = (list: readonly string[]): string[] => list.filter((name) => name !== column);
	const cleared: Mapping = {
		...mapping,
		input: before === 'input' ? '' : mapping.input,
		choices: without(mapping.choices),
		tags: without(mapping.tags),
		metadata: without(mapping.metadata),
	};
	for (const part of single) if (cleared[part] === column) cleared[part] = null;
	/** In the order in which the file has them. */
	const added = (list: readonly string[]): string[] =>
		columns.map(({ name }) => name).filter((name) => name === column || list.includes(name));
	switch (role) {
		case 'input':
			return { ...cleared, input: column };
		case 'choice':
			return { ...cleared, choices: added(cleared.choices) };
		case 'tags':
			return { ...cleared, tags: added(cleared.tags) };
		case 'metadata':
			return { ...cleared, metadata: added(cleared.metadata) };
		case 'variable':
			return cleared;
		default:
			return { ...cleared, [role]: column };
	}
}

/** Why nothing can be imported so; null where it can. */
export function mappingProblem(mapping: Mapping | null): string | null {
	return mapping !== null && mapping.input.trim() === '' ? 'Say which column is the input' : null;
}
