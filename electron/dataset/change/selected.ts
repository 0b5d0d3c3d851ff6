import type { Selection } from '../../contract/dataset/sample.ts';
import type { ReadableDatabase } from '../../database/handle.ts';
import { all } from '../../database/sql.ts';
import { filterParameters, isBySplitOnly, sampleCondition, splitCondition } from '../list/filter.ts';
import { type Member, type MemberRecord, recordOf } from '../store/members.ts';
import { sampleColumns } from '../store/samples.ts';
import { lastPosition } from '../store/versions.ts';

/** Read at once: small enough for a short transaction. */
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

/** The members of a draft that a change is for. What is changed while it reads is not read again. */
export function* selectedMembers(
	database: ReadableDatabase,
	versionId: number,
	selection: Selection,
): Generator<Member, void> {
	if ('ids' in selection) {
		for (const sampleId of new Set(selection.ids)) yield* all<Member>(database, oneMember, { sampleId, versionId });
		return;
	}
	const { splits, ...others } = filterParameters(selection.filter);
	const bySplit = isBySplitOnly(selection.filter);
	for (let after = -1; ; ) {
		const place = { versionId, after, limit: pageSize };
		const page = bySplit
			? all<Member>(database, nextBySplit, { ...place, splits })
			: all<Member>(database, nextByFilter, { ...place, splits, ...others });
		yield* page;
		if (page.length < pageSize) return;
		after = page.at(-1)?.position ?? lastPosition;
	}
}

/** The same with everything of their samples. */
export function* selectedRecords(
	database: ReadableDatabase,
	versionId: number,
	selection: Selection,
): Generator<MemberRecord, void> {
	if ('ids' in selection) {
		for (const sampleId of new Set(selection.ids)) {
			const record = recordOf(database, { versionId, sampleId, until: lastPosition });
			if (record !== undefined) yield record;
		}
		return;
	}
	const parameters = filterParameters(selection.filter);
	for (let after = -1; ; ) {
		const page = all<MemberRecord>(database, nextRecordsByFilter, { versionId, after, limit: pageSize, ...parameters });
		yield* page;
		if (page.length < pageSize) return;
		after = page.at(-1)?.position ?? lastPosition;
	}
}
