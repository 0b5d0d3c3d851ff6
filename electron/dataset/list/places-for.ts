import type { SampleFilter } from '../../contract/dataset/sample.ts';
import type { Reader } from '../../database/reader/reader.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import { filterParameters, isBySplitOnly, sampleCondition, splitCondition } from './filter.ts';
import { type FoundPosition, PositionIndex, positionsSql } from './places.ts';

/** Every so many-th place is remembered of a list for which no sample need be read. */
const anchorEvery = 500;

const bySplit = `FROM dataset_version_samples m
  WHERE m.version_id = :versionId AND m.position <= :until AND ${splitCondition}`;

/** Passing over members in their order takes 30 ns each, numbering them ten times as long. */
const anchorsBySplit = `WITH RECURSIVE anchor(position) AS (
    SELECT (SELECT m.position ${bySplit} ORDER BY m.position LIMIT 1)
    UNION ALL
    SELECT (SELECT m.position ${bySplit} AND m.position > anchor.position ORDER BY m.position LIMIT 1 OFFSET :others)
    FROM anchor WHERE anchor.position IS NOT NULL)
  SELECT position FROM anchor WHERE position IS NOT NULL`;

const lengthBySplit = `SELECT count(*) AS total, coalesce(max(m.position), -1) AS last ${bySplit}`;

const byFilter = positionsSql(`SELECT m.position FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND m.position <= :to AND ${sampleCondition}`);

/** Named samples are looked up, however many others there are. */
const byIds = positionsSql(`SELECT m.position FROM (SELECT DISTINCT value FROM json_each(:ids)) i
  CROSS JOIN dataset_version_samples m ON m.sample_id = i.value AND m.version_id = :versionId
  CROSS JOIN samples s ON s.id = m.sample_id
  WHERE m.position > :after AND m.position <= :to AND ${sampleCondition}`);

const ends = `SELECT
  (SELECT min(position) FROM dataset_version_samples WHERE version_id = :versionId AND position <= :until) AS first,
  (SELECT max(position) FROM dataset_version_samples WHERE version_id = :versionId AND position <= :until) AS last`;

/** The first and the last position of a version that is seen; of an empty one none lies between them. */
export async function readEnds(reader: Reader, version: VersionRow): Promise<{ first: number; last: number }> {
	const place = { versionId: version.id, until: lastVisiblePosition(version) };
	const [found] = await reader.all<{ first: number | null; last: number | null }>(ends, place);
	return { first: found?.first ?? 0, last: found?.last ?? -1 };
}

/** Where the samples stand that a filter leaves of a version. */
export async function indexPositions(
	reader: Reader,
	version: VersionRow,
	filter: SampleFilter,
): Promise<PositionIndex> {
	const parameters = filterParameters(filter);
	const versionId = version.id;
	if (isBySplitOnly(filter)) {
		const place = { versionId, until: lastVisiblePosition(version), splits: parameters.splits };
		const [anchors, [length]] = await Promise.all([
			reader.all<{ position: number }>(anchorsBySplit, { ...place, others: anchorEvery - 1 }),
			reader.all<{ total: number; last: number }>(lengthBySplit, place),
		]);
		const positions = anchors.map(({ position }) => position);
		return PositionIndex.known(positions, anchorEvery, length?.total ?? 0, length?.last ?? -1);
	}
	const { first, last } = await readEnds(reader, version);
	if (filter.ids !== undefined) {
		const whole = { after: first - 1, to: last, before: 0, every: 1 };
		const found = await reader.all<FoundPosition>(byIds, { versionId, ...whole, ...parameters });
		const positions = found.map(({ position }) => position);
		return PositionIndex.known(positions, 1, positions.length, positions.at(-1) ?? -1);
	}
	return new PositionIndex(
		(stretch) => reader.all<FoundPosition>(byFilter, { versionId, ...stretch, ...parameters }),
		first,
		last,
	);
}
