import type { Selection } from '../../contract/dataset/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { all, type Parameters as SqlParameters } from '../../database/sql.ts';
import { filterParameters, isBySplitOnly, sampleCondition, splitCondition } from '../list/sample-filter.ts';
import { type Member, type MemberRecord, readMember } from '../store/members.ts';
import { sampleColumns } from '../store/samples.ts';
import { lastPosition } from '../store/versions.ts';

/** Members read at once: few enough for a short transaction. */
const pageSize = 200;

const oneMember = `SELECT position, sample_id AS sampleId, split FROM dataset_version_samples
  WHERE sample_id = :sampleId AND version_id = :versionId LIMIT 1`;

const nextBySplit = `SELECT m.position, m.sample_id AS sampleId, m.split FROM dataset_version_samples m
  WHERE m.version_id = :versionId AND m.position > :after AND ${splitCondition} ORDER BY m.position LIMIT :limit`;

const nextByFilter = `SELECT m.position, m.sample_id AS sampleId, m.split FROM dataset_version_samples m
  JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND ${sampleCondition} ORDER BY m.position LIMIT :limit`;

const nextRecordsByFilter = `SELECT ${sampleColumns}, m.position, m.split FROM dataset_version_samples m
  JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND ${sampleCondition} ORDER BY m.position LIMIT :limit`;

/** Yields the members of a draft that a change applies to, page by page. Changes made meanwhile are not read again. */
export function* selectedPages(
	database: ReadableDatabase,
	versionId: number,
	selection: Selection,
): Generator<readonly Member[], void> {
	if ('ids' in selection) {
		for (const sampleId of new Set(selection.ids)) yield all<Member>(database, oneMember, { sampleId, versionId });
		return;
	}
	const { splits, ...others } = filterParameters(selection.filter);
	yield* isBySplitOnly(selection.filter)
		? pagesOf<Member>(database, nextBySplit, { versionId, splits })
		: pagesOf<Member>(database, nextByFilter, { versionId, splits, ...others });
}

/** Yields them one by one. */
export function* selectedMembers(...selected: Parameters<typeof selectedPages>): Generator<Member, void> {
	for (const page of selectedPages(...selected)) yield* page;
}

/** A member with the value to group by in a split. */
export interface GroupedMember {
	readonly position: number;
	readonly key: string;
	readonly cluster: string | null;
	/** The target, or JSON of tags or variables. */
	readonly group: string | null;
}

const groupedColumns = `m.position, s.key, s.cluster, CASE :by WHEN 'target' THEN s.target WHEN 'tags' THEN s.tags
  WHEN 'variable' THEN s.variables END AS "group"`;

const oneGrouped = `SELECT ${groupedColumns} FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.sample_id = :sampleId AND m.version_id = :versionId LIMIT 1`;

const nextGrouped = `SELECT ${groupedColumns} FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND ${sampleCondition} ORDER BY m.position LIMIT :limit`;

/** Yields the members with only the value to group by. */
export function* selectedGroups(
	database: ReadableDatabase,
	versionId: number,
	selection: Selection,
	by: 'target' | 'tags' | 'variable' | null,
): Generator<GroupedMember, void> {
	if ('ids' in selection) {
		for (const sampleId of new Set(selection.ids)) {
			yield* all<GroupedMember>(database, oneGrouped, { sampleId, versionId, by });
		}
		return;
	}
	const parameters = { versionId, by, ...filterParameters(selection.filter) };
	for (const page of pagesOf<GroupedMember>(database, nextGrouped, parameters)) yield* page;
}

/** Yields the members with all fields of their samples. */
export function* selectedRecords(
	database: ReadableDatabase,
	versionId: number,
	selection: Selection,
): Generator<MemberRecord, void> {
	if ('ids' in selection) {
		for (const sampleId of new Set(selection.ids)) {
			const record = readMember(database, { versionId, sampleId, until: lastPosition });
			if (record !== undefined) yield record;
		}
		return;
	}
	const parameters = { versionId, ...filterParameters(selection.filter) };
	for (const page of pagesOf<MemberRecord>(database, nextRecordsByFilter, parameters)) yield* page;
}

/** Yields the result of a query over members, in order. */
function* pagesOf<Row extends { readonly position: number }>(
	database: ReadableDatabase,
	query: string,
	parameters: SqlParameters,
): Generator<readonly Row[], void> {
	for (let after = -1; ; ) {
		const page = all<Row>(database, query, { ...parameters, after, limit: pageSize });
		yield page;
		if (page.length < pageSize) return;
		after = page.at(-1)?.position ?? lastPosition;
	}
}
