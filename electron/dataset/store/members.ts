import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run } from '../../database/sql.ts';
import { type SampleRecord, sampleColumns } from './samples.ts';

/** Place of a sample in a version. */
export interface Member {
	readonly position: number;
	readonly sampleId: number;
	readonly split: string;
}

export type MemberRecord = SampleRecord & { readonly position: number; readonly split: string };

const nextRecords = `SELECT ${sampleColumns}, m.position, m.split FROM dataset_version_samples m
  JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND m.position <= :until
    AND (:split IS NULL OR m.split = :split)
  ORDER BY m.position LIMIT :limit`;

/** Returns the next members in order, with all fields of their samples. */
export function readMembersAfter(
	database: ReadableDatabase,
	place: {
		readonly versionId: number;
		readonly after: number;
		readonly until: number;
		readonly limit: number;
		readonly split?: string | null;
	},
): readonly MemberRecord[] {
	return all<MemberRecord>(database, nextRecords, { split: null, ...place });
}

const oneRecord = `SELECT ${sampleColumns}, m.position, m.split FROM dataset_version_samples m
  JOIN samples s ON s.id = m.sample_id
  WHERE m.sample_id = :sampleId AND m.version_id = :versionId AND m.position <= :until LIMIT 1`;

export function readMember(
	database: ReadableDatabase,
	place: { readonly versionId: number; readonly sampleId: number; readonly until: number },
): MemberRecord | undefined {
	return get<MemberRecord>(database, oneRecord, { ...place });
}

/** Puts a sample at a position, replacing the one that was there. */
export function putMember(database: WritableDatabase, versionId: number, { position, sampleId, split }: Member): void {
	run(
		database,
		`INSERT INTO dataset_version_samples (version_id, position, sample_id, split)
		 VALUES (:versionId, :position, :sampleId, :split)
		 ON CONFLICT (version_id, position) DO UPDATE SET sample_id = excluded.sample_id, split = excluded.split`,
		{ versionId, position, sampleId, split },
	);
}

export function removeMember(database: WritableDatabase, versionId: number, position: number): void {
	run(database, 'DELETE FROM dataset_version_samples WHERE version_id = :versionId AND position = :position', {
		versionId,
		position,
	});
}

/** Returns the position for the next sample: after everything that is there, or was there and may be restored. */
export function nextPosition(database: ReadableDatabase, versionId: number): number {
	const row = get<{ last: number }>(
		database,
		`SELECT max(
		   coalesce((SELECT max(position) FROM dataset_version_samples WHERE version_id = :versionId), -1),
		   coalesce((SELECT max(position) FROM dataset_undo WHERE version_id = :versionId), -1)) AS last`,
		{ versionId },
	);
	return (row?.last ?? -1) + 1;
}

/** Copies the next members of one version to another; returns the position of the last, null if none were left. */
export function copyMembers(
	database: WritableDatabase,
	place: {
		readonly from: number;
		readonly to: number;
		readonly after: number;
		readonly until: number;
		readonly limit: number;
	},
): number | null {
	const { from, to, after, until, limit } = place;
	const { changes } = run(
		database,
		`INSERT INTO dataset_version_samples (version_id, position, sample_id, split)
		 SELECT :to, position, sample_id, split FROM dataset_version_samples
		 WHERE version_id = :from AND position > :after AND position <= :until ORDER BY position LIMIT :limit`,
		{ from, to, after, until, limit },
	);
	if (changes === 0) return null;
	return (
		get<{ last: number }>(
			database,
			'SELECT max(position) AS last FROM dataset_version_samples WHERE version_id = :to',
			{ to },
		)?.last ?? null
	);
}
