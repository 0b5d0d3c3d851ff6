import { excerptLength, type SampleFilter, type SampleRow } from '../../contract/dataset/sample.ts';
import type { Reader } from '../../database/reader/reader.ts';
import { lastSeen, type VersionRow } from '../store/versions.ts';
import { filterParameters, isBySplitOnly, sampleCondition, splitCondition } from './filter.ts';

/** A page is read from the nearest of these: every so many-th sample that a filter leaves is remembered. */
const anchorEvery = 500;

/** Filters whose anchors are remembered. */
const keptIndexes = 8;

/** Where to begin reading for any place of a list, and how long it is. */
interface Index {
	readonly total: number;
	/** Position of the 1st, 501st, … sample. */
	readonly anchors: readonly number[];
}

const bySplit = `SELECT m.position FROM dataset_version_samples m
  WHERE m.version_id = :versionId AND m.position <= :until AND ${splitCondition}`;

const byFilter = `SELECT m.position FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position <= :until AND ${sampleCondition}`;

/** Few rows cross to the main thread, however many samples there are. */
const anchorsOf = (matching: string) => `SELECT n, position FROM (
    SELECT position, row_number() OVER (ORDER BY position) - 1 AS n, count(*) OVER () AS total FROM (${matching}))
  WHERE n % :every = 0 OR n = total - 1 ORDER BY n`;

const rowsFrom = `SELECT s.id, s.key, m.split,
    CASE s.form WHEN 'text' THEN substr(s.input, 1, :length) ELSE substr(coalesce((
      SELECT json_extract(t.value, '$.content') FROM json_each(s.input) t
      WHERE json_extract(t.value, '$.role') = 'user' ORDER BY t.key DESC LIMIT 1), ''), 1, :length) END AS input,
    CASE s.form WHEN 'text' THEN 1 ELSE json_array_length(s.input) END AS turns,
    substr(s.target, 1, :length) AS target,
    CASE WHEN s.choices IS NULL THEN 0 ELSE json_array_length(s.choices) END AS choices,
    s.tags, json_extract(s.source, '$.conversationId') AS conversationId
  FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position >= :from AND m.position <= :until AND ${sampleCondition}
  ORDER BY m.position LIMIT :limit OFFSET :offset`;

type Row = Omit<SampleRow, 'tags'> & { readonly tags: string };

/** Windows into lists of any length. */
export interface SampleLists {
	page(
		version: VersionRow,
		filter: SampleFilter,
		window: { readonly offset: number; readonly limit: number },
		signal?: AbortSignal,
	): Promise<{ rows: SampleRow[]; total: number }>;
	/** Index of a position in the list; null: the filter leaves it out. */
	indexOf(version: VersionRow, filter: SampleFilter, position: number): Promise<number | null>;
}

export function createSampleLists(reader: Reader): SampleLists {
	const indexes = new Map<string, Promise<Index>>();

	function indexFor(version: VersionRow, filter: SampleFilter): Promise<Index> {
		// Another revision is another list.
		const key = JSON.stringify([version.id, version.revision, version.visibleTo, filter]);
		const known = indexes.get(key);
		if (known !== undefined) {
			indexes.delete(key);
			indexes.set(key, known);
			return known;
		}
		const made = readIndex(reader, version, filter);
		indexes.set(key, made);
		made.catch(() => indexes.delete(key));
		for (const old of [...indexes.keys()].slice(0, Math.max(0, indexes.size - keptIndexes))) indexes.delete(old);
		return made;
	}

	return {
		async page(version, filter, { offset, limit }, signal) {
			const { total, anchors } = await indexFor(version, filter);
			const anchor = Math.min(Math.floor(offset / anchorEvery), anchors.length - 1);
			if (offset >= total || anchor < 0) return { rows: [], total };
			const rows = await reader.all<Row>(
				rowsFrom,
				{
					...{ versionId: version.id, until: lastSeen(version), length: excerptLength, limit },
					from: anchors[anchor] ?? 0,
					offset: offset - anchor * anchorEvery,
					...filterParameters(filter),
				},
				signal,
			);
			return { rows: rows.map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[] })), total };
		},
		async indexOf(version, filter, position) {
			const [found] = await reader.all<{ before: number; here: number }>(
				`SELECT count(*) AS before, coalesce(sum(position = :position), 0) AS here FROM (${byFilter}) WHERE position <= :position`,
				{ versionId: version.id, until: lastSeen(version), position, ...filterParameters(filter) },
			);
			return found === undefined || found.here === 0 ? null : found.before - 1;
		},
	};
}

async function readIndex(reader: Reader, version: VersionRow, filter: SampleFilter): Promise<Index> {
	const { splits, ...others } = filterParameters(filter);
	const place = { versionId: version.id, until: lastSeen(version), every: anchorEvery, splits };
	const rows = isBySplitOnly(filter)
		? await reader.all<{ n: number; position: number }>(anchorsOf(bySplit), place)
		: await reader.all<{ n: number; position: number }>(anchorsOf(byFilter), { ...place, ...others });
	return {
		total: (rows.at(-1)?.n ?? -1) + 1,
		anchors: rows.filter(({ n }) => n % anchorEvery === 0).map(({ position }) => position),
	};
}
