import type { Column, Mapping } from '../../electron/contract/dataset/schema.ts';
import { formatConjunction } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** Role of a column in a sample. 'variable': only available by name in templates. */
export type Role = 'input' | 'target' | 'choice' | 'key' | 'split' | 'tags' | 'cluster' | 'metadata' | 'variable';

export const roleLabels: readonly { readonly value: Role; readonly words: string }[] = [
	{ value: 'input', words: t('Input') },
	{ value: 'target', words: t('Target') },
	{ value: 'choice', words: t('Choice') },
	{ value: 'tags', words: t('Tags') },
	{ value: 'split', words: t('Split') },
	{ value: 'cluster', words: t('Cluster') },
	{ value: 'key', words: t('Id') },
	{ value: 'variable', words: t('Variable only') },
	{ value: 'metadata', words: t('Metadata') },
];

/**
 * The mapping while the user edits it, column by column. Two columns may briefly share a role that only one can have:
 * arrow keys step through all roles and must not take one from another column on their way.
 */
export interface MappingDraft {
	readonly roles: Readonly<Record<string, Role>>;
	/** Template that builds the input from columns; null: the input is one column. */
	readonly template: string | null;
	readonly targetIs: Mapping['targetIs'];
}

export function toMappingDraft(mapping: Mapping, columns: readonly Column[]): MappingDraft {
	const template = mapping.input.includes('{{') ? mapping.input : null;
	return {
		roles: Object.fromEntries(columns.map(({ name }) => [name, roleOf(name, mapping)])),
		template,
		targetIs: mapping.targetIs,
	};
}

function roleOf(column: string, mapping: Mapping): Role {
	if (mapping.input === column) return 'input';
	if (mapping.target === column) return 'target';
	if (mapping.choices.includes(column)) return 'choice';
	if (mapping.key === column) return 'key';
	if (mapping.split === column) return 'split';
	if (mapping.tags.includes(column)) return 'tags';
	if (mapping.cluster === column) return 'cluster';
	return mapping.metadata.includes(column) ? 'metadata' : 'variable';
}

function columnsOf(draft: MappingDraft, role: Role): string[] {
	return Object.entries(draft.roles).flatMap(([name, own]) => (own === role ? [name] : []));
}

/** Roles of at most one column. */
const single: readonly (readonly [role: Role, problem: (columns: string) => string])[] = [
	['input', (columns) => t('{columns} can’t both be the input', { columns })],
	['target', (columns) => t('{columns} can’t both be the target', { columns })],
	['key', (columns) => t('{columns} can’t both be the id', { columns })],
	['split', (columns) => t('{columns} can’t both be the split', { columns })],
	['cluster', (columns) => t('{columns} can’t both be the cluster', { columns })],
];

/** Returns the reason why this mapping can't be imported; null if it can. */
export function findMappingProblem(draft: MappingDraft): string | null {
	for (const [role, problem] of single) {
		const columns = columnsOf(draft, role);
		if (columns.length > 1) return problem(formatConjunction(columns));
	}
	if (draft.template === null) return columnsOf(draft, 'input').length === 0 ? t('Choose the input column') : null;
	return draft.template.trim() === '' ? t('Enter the combined input') : null;
}

/** Converts the draft to call input; anything not chosen here stays as in `base`. */
export function toMapping(draft: MappingDraft, base: Mapping): Mapping {
	const one = (role: Role): string | null => columnsOf(draft, role)[0] ?? null;
	return {
		input: draft.template ?? one('input') ?? '',
		target: one('target'),
		choices: columnsOf(draft, 'choice'),
		choiceSeparator: base.choiceSeparator,
		targetIs: draft.targetIs,
		key: one('key'),
		split: one('split'),
		tags: columnsOf(draft, 'tags'),
		cluster: one('cluster'),
		metadata: columnsOf(draft, 'metadata'),
	};
}
