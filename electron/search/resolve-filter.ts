import type { SearchFilter, SearchTerm } from '../contract/search/schema.ts';
import type { Reader } from '../database/reader.ts';
import type { Parameters } from '../database/sql.ts';
import type { FilterTerm } from './parse-query.ts';
import { conversationsOf, folderId, tagIds } from './statements.ts';

/** A filter whose names were resolved to rows. */
export interface ResolvedFilter {
	/** Values for the SQL statements. */
	readonly parameters: Parameters;
	/** All conversations that can match, if there are few; null: any may match. */
	readonly conversationIds: readonly number[] | null;
	/** The typed filters, with their problems. */
	readonly terms: readonly SearchTerm[];
	/** true: a named tag or folder does not exist, so nothing can match. */
	readonly impossible: boolean;
	/** true: it restricts individual messages, so no title can match. */
	readonly ofMessages: boolean;
}

/**
 * Most conversations named to the index individually. Above this, matches of the index are looked up and compared,
 * which reaches 50 hits quickly enough if more conversations than this match.
 */
const maxNamed = 300;

type Ids = readonly { readonly id: number }[];

/** Resolves the names in a filter. */
export async function resolveFilter(
	reader: Reader,
	filter: SearchFilter,
	typed: readonly FilterTerm[],
	signal: AbortSignal | undefined,
): Promise<ResolvedFilter> {
	const names = filter.tags ?? [];
	const tags =
		names.length === 0
			? []
			: await reader.all<{ name: string; id: number | null }>(tagIds, { names: JSON.stringify(names) }, signal);
	const folders =
		filter.folder === undefined ? [] : await reader.all<{ id: number }>(folderId, { name: filter.folder }, signal);
	const missingTags = new Set(tags.filter(({ id }) => id === null).map(({ name }) => name));
	const missingFolder = filter.folder !== undefined && folders.length === 0;
	const known = tags.flatMap(({ id }) => (id === null ? [] : [id]));
	const folder = folders[0]?.id ?? null;

	const sets: [keyof typeof conversationsOf, number | null][] = [
		...known.map((id): [keyof typeof conversationsOf, number] => ['tag', id]),
		...(folder === null ? [] : [['folder', folder] as [keyof typeof conversationsOf, number]]),
		...(filter.feedback === undefined ? [] : [['feedback', null] as [keyof typeof conversationsOf, null]]),
		...(filter.attachment === undefined ? [] : [['attachment', null] as [keyof typeof conversationsOf, null]]),
		...(filter.archived === true ? [['archived', null] as [keyof typeof conversationsOf, null]] : []),
	];
	let conversationIds: readonly number[] | null = null;
	for (const [kind, value] of sets) {
		const limit = maxNamed + 1;
		const found: Ids = await reader.all(conversationsOf[kind], value === null ? { limit } : { value, limit }, signal);
		if (found.length <= maxNamed && found.length < (conversationIds?.length ?? Infinity)) {
			conversationIds = found.map(({ id }) => id);
		}
	}
	return {
		conversationIds,
		terms: [
			...typed.map((term) => withProblem(term, missingTags, missingFolder)),
			...unknownNames(filter, typed, missingTags, missingFolder),
		],
		impossible: missingTags.size > 0 || missingFolder,
		ofMessages: [filter.writtenBy, filter.model, filter.feedback, filter.attachment].some((part) => part !== undefined),
		parameters: {
			folderId: folder,
			archived: filter.archived === undefined ? null : Number(filter.archived),
			tagIds: known.length === 0 ? null : JSON.stringify([...new Set(known)]),
			from: filter.from ?? null,
			to: filter.to ?? null,
			feedback: filter.feedback ?? null,
			attachment: filter.attachment === undefined ? null : Number(filter.attachment),
		},
	};
}

function noSuch(what: 'tag' | 'folder', name: string): string {
	return `There is no ${what} called “${name}”.`;
}

function withProblem(term: FilterTerm, missingTags: ReadonlySet<string>, missingFolder: boolean): SearchTerm {
	const { typed, label, tag, folder } = term;
	if (tag !== undefined && missingTags.has(tag)) return { typed, label, problem: noSuch('tag', tag) };
	if (folder !== undefined && missingFolder) return { typed, label, problem: noSuch('folder', folder) };
	return { typed, label, problem: term.problem };
}

/** Problems with names that came with the call instead of the text. */
function unknownNames(
	filter: SearchFilter,
	typed: readonly FilterTerm[],
	missingTags: ReadonlySet<string>,
	missingFolder: boolean,
): SearchTerm[] {
	const typedTags = new Set(typed.map(({ tag }) => tag));
	const tags = [...missingTags].filter((name) => !typedTags.has(name));
	const folder = missingFolder && typed.every(({ folder: name }) => name === undefined) ? (filter.folder ?? '') : null;
	return [
		...tags.map((name) => ({ typed: '', label: `Tag ${name}`, problem: noSuch('tag', name) })),
		...(folder === null ? [] : [{ typed: '', label: `In ${folder}`, problem: noSuch('folder', folder) }]),
	];
}
