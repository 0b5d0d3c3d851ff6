import { type DiffRow, excerptLength, type VersionDiff } from '../../contract/dataset/schema.ts';
import type { Reader } from '../../database/reader.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import {
	type FoundPosition,
	type PagePosition,
	PositionIndex,
	type PositionRange,
	positionsSql,
	readEnds,
} from './position-index.ts';
import { createDeadline, createRecentCache, type Window } from './sample-list.ts';

/** The other version's member with the same key; usually it is at the same position. */
const sameKey = (other: 'from' | 'to') => `SELECT k.sample_id FROM samples o CROSS JOIN dataset_version_samples k
  WHERE o.dataset_id = :${other}Dataset AND o.key = s.key
    AND k.sample_id = o.id AND k.version_id = :${other}Id AND k.position <= :${other}Until LIMIT 1`;

const splitBefore = `SELECT k.split FROM dataset_version_samples k
  WHERE k.sample_id = d.before AND k.version_id = :fromId AND k.position <= :fromUntil LIMIT 1`;

/**
 * Members of the newer version that are not identical in the older one, in order. A range or page is built in steps:
 * otherwise each mention of a member would repeat its look-up.
 */
const newer = (range: string) => `WITH
  apart AS MATERIALIZED (
    SELECT m.position, m.split, m.sample_id AS id, a.sample_id AS there, a.split AS splitThere
    FROM dataset_version_samples m LEFT JOIN dataset_version_samples a
      ON a.version_id = :fromId AND a.position = m.position AND a.position <= :fromUntil
    WHERE m.version_id = :toId AND ${range}
      AND NOT (a.sample_id IS NOT NULL AND a.sample_id = m.sample_id AND a.split = m.split)),
  known AS MATERIALIZED (
    SELECT *, CASE WHEN there = id THEN id
      ELSE (SELECT (${sameKey('from')}) FROM samples s WHERE s.id = apart.id) END AS before
    FROM apart),
  told AS MATERIALIZED (
    SELECT *, CASE WHEN before IS NULL THEN NULL WHEN before = there THEN splitThere ELSE (${splitBefore}) END AS fromSplit
    FROM known d)
  SELECT position, split AS toSplit, id AS toId, before AS fromId, fromSplit,
    CASE WHEN before IS NULL THEN 'added' WHEN before = id THEN 'moved' ELSE 'changed' END AS kind
  FROM told WHERE before IS NULL OR before <> id OR fromSplit <> split`;

/** Members of the older version whose key is missing in the newer one, in order. */
const removed = (range: string) => `WITH
  apart AS MATERIALIZED (
    SELECT m.position, m.sample_id AS fromId, m.split AS fromSplit
    FROM dataset_version_samples m LEFT JOIN dataset_version_samples b
      ON b.version_id = :toId AND b.position = m.position AND b.position <= :toUntil
    WHERE m.version_id = :fromId AND ${range} AND NOT (b.sample_id IS NOT NULL AND b.sample_id = m.sample_id))
  SELECT * FROM apart WHERE (SELECT (${sameKey('to')}) FROM samples s WHERE s.id = apart.fromId) IS NULL`;

/** One bound on each side: SQLite uses only one of two, and may choose the looser one. */
const inStretch = 'm.position > :after AND m.position <= :to';
const inPage = 'm.position >= :from AND m.position <= :until';

const newerPlaces = positionsSql(
	`SELECT position, kind FROM (${newer(inStretch)})`,
	`, sum(kind = 'added') OVER () AS added, sum(kind = 'changed') OVER () AS changed, sum(kind = 'moved') OVER () AS moved`,
);
const removedPlaces = positionsSql(`SELECT position FROM (${removed(inStretch)})`);

const newerRows = `SELECT s.key, kind, fromId, toId, fromSplit, toSplit, substr(s.input, 1, :length) AS input
  FROM (${newer(inPage)} ORDER BY position LIMIT :limit OFFSET :skip) d JOIN samples s ON s.id = d.toId
  ORDER BY d.position`;
const removedRows = `SELECT s.key, 'removed' AS kind, fromId, NULL AS toId, fromSplit, NULL AS toSplit,
    substr(s.input, 1, :length) AS input
  FROM (${removed(inPage)} ORDER BY position LIMIT :limit OFFSET :skip) d JOIN samples s ON s.id = d.fromId
  ORDER BY d.position`;

interface Kinds {
	added: number;
	changed: number;
	moved: number;
}

/** The differences found so far. */
interface Differences {
	readonly newer: PositionIndex;
	readonly removed: PositionIndex;
	readonly kinds: Kinds;
}

/** Compares two versions by the keys of their samples. */
export type DiffVersions = (
	from: VersionRow,
	to: VersionRow,
	window: Window,
	signal?: AbortSignal,
) => Promise<VersionDiff>;

export function createDiffVersions(reader: Reader): DiffVersions {
	const cache = createRecentCache<Differences>(4);
	return async (from, to, window, signal) => {
		const enough = createDeadline(window);
		const both = {
			fromId: from.id,
			fromUntil: lastVisiblePosition(from),
			fromDataset: from.datasetId,
			toId: to.id,
			toUntil: lastVisiblePosition(to),
			toDataset: to.datasetId,
		};
		const key = JSON.stringify([from, to].map(({ id, revision, visibleTo }) => [id, revision, visibleTo]));
		const differences = await cache(key, () => begin(reader, from, to, both));
		await differences.newer.extend(enough, signal);
		if (differences.newer.looked === 1) await differences.removed.extend(enough, signal);

		async function read(sql: string, place: PagePosition | null, limit: number): Promise<readonly DiffRow[]> {
			if (place === null || limit === 0) return [];
			const { positions: _, ...range } = place;
			return reader.all<DiffRow>(sql, { ...both, ...range, limit, length: excerptLength }, signal);
		}
		const { newer: there, removed: gone, kinds } = differences;
		const { offset, limit } = window;
		const first = await read(newerRows, there.page(offset, limit), limit);
		const left = limit - first.length;
		const last =
			there.looked < 1 ? [] : await read(removedRows, gone.page(Math.max(0, offset - there.total), left), left);
		return {
			...kinds,
			removed: gone.total,
			same: to.samples - there.total,
			looked: (there.looked + gone.looked) / 2,
			rows: [...first, ...last],
		};
	};
}

async function begin(
	reader: Reader,
	from: VersionRow,
	to: VersionRow,
	both: Readonly<Record<string, number>>,
): Promise<Differences> {
	const kinds: Kinds = { added: 0, changed: 0, moved: 0 };
	async function readNewer(range: PositionRange): Promise<readonly FoundPosition[]> {
		const found = await reader.all<FoundPosition & Kinds>(newerPlaces, { ...both, ...range });
		const last = found.at(-1);
		kinds.added += last?.added ?? 0;
		kinds.changed += last?.changed ?? 0;
		kinds.moved += last?.moved ?? 0;
		return found;
	}
	const [older, newest] = await Promise.all([readEnds(reader, from), readEnds(reader, to)]);
	return {
		newer: new PositionIndex(readNewer, newest.first, newest.last),
		removed: new PositionIndex(
			(range) => reader.all<FoundPosition>(removedPlaces, { ...both, ...range }),
			older.first,
			older.last,
		),
		kinds,
	};
}
