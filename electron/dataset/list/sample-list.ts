import { excerptLength, type SampleFilter, type SampleRow } from '../../contract/dataset/schema.ts';
import type { Reader } from '../../database/reader.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import { indexPositions, type PagePosition, type PositionIndex } from './position-index.ts';
import { filterParameters, sampleCondition } from './sample-filter.ts';

const columns = `s.id, s.key, m.split,
    CASE s.form WHEN 'text' THEN substr(s.input, 1, :length) ELSE substr(coalesce((
      SELECT json_extract(t.value, '$.content') FROM json_each(s.input) t
      WHERE json_extract(t.value, '$.role') = 'user' ORDER BY t.key DESC LIMIT 1), ''), 1, :length) END AS input,
    CASE s.form WHEN 'text' THEN 1 ELSE json_array_length(s.input) END AS turns,
    substr(s.target, 1, :length) AS target,
    CASE WHEN s.choices IS NULL THEN 0 ELSE json_array_length(s.choices) END AS choices,
    s.tags, json_extract(s.source, '$.conversationId') AS conversationId`;

const rowsFrom = `SELECT ${columns} FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position >= :from AND m.position <= :until AND ${sampleCondition}
  ORDER BY m.position LIMIT :limit OFFSET :skip`;

const rowsAt = `SELECT ${columns} FROM json_each(:positions) p
  CROSS JOIN dataset_version_samples m ON m.version_id = :versionId AND m.position = p.value
  CROSS JOIN samples s ON s.id = m.sample_id ORDER BY m.position`;

const countUpTo = `SELECT count(*) AS found, coalesce(max(m.position) = :position, 0) AS here
  FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position >= :from AND m.position <= :position AND ${sampleCondition}`;

type Row = Omit<SampleRow, 'tags'> & { readonly tags: string };

/** A range of a list. */
export interface Window {
	readonly offset: number;
	readonly limit: number;
	/** Returns after `partialAnswerMs` with what is known by then. */
	readonly partial?: boolean;
}

/** Time after which a call that accepts partial results returns, ms. */
export const partialAnswerMs = 60;

/** Creates a function that returns true once a call that accepts partial results should return. */
export function createDeadline({ partial }: Pick<Window, 'partial'>): () => boolean {
	const until = performance.now() + partialAnswerMs;
	return () => partial === true && performance.now() >= until;
}

/** Reads windows of lists of any length. */
export interface SampleLists {
	page(
		version: VersionRow,
		filter: SampleFilter,
		window: Window,
		signal?: AbortSignal,
	): Promise<{ rows: SampleRow[]; total: number; looked: number }>;
	/** Returns the list index of a position; null: the filter excludes it. */
	indexOf(version: VersionRow, filter: SampleFilter, position: number): Promise<number | null>;
}

export function createSampleLists(reader: Reader): SampleLists {
	const cache = createRecentCache<PositionIndex>(8);

	function placesIn(version: VersionRow, filter: SampleFilter): Promise<PositionIndex> {
		// Every revision has its own list.
		const key = JSON.stringify([version.id, version.revision, version.visibleTo, filter]);
		return cache(key, () => indexPositions(reader, version, filter));
	}

	function readRows(
		version: VersionRow,
		filter: SampleFilter,
		limit: number,
		place: PagePosition,
		signal?: AbortSignal,
	) {
		const { positions, ...range } = place;
		const facts = { versionId: version.id, length: excerptLength };
		return positions === null
			? reader.all<Row>(rowsFrom, { ...facts, ...range, limit, ...filterParameters(filter) }, signal)
			: reader.all<Row>(rowsAt, { ...facts, positions: JSON.stringify(positions) }, signal);
	}

	return {
		async page(version, filter, window, signal) {
			const enough = createDeadline(window);
			const places = await placesIn(version, filter);
			await places.extend(enough, signal);
			const { total, looked } = places;
			const place = places.page(window.offset, window.limit);
			const rows = place === null ? [] : await readRows(version, filter, window.limit, place, signal);
			return { rows: rows.map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[] })), total, looked };
		},
		async indexOf(version, filter, position) {
			if (position > lastVisiblePosition(version)) return null;
			const places = await placesIn(version, filter);
			await places.extend(() => places.covers(position));
			const nearest = places.before(position);
			if (nearest === null) return null;
			const [counted] = await reader.all<{ found: number; here: number }>(countUpTo, {
				versionId: version.id,
				from: nearest.position,
				position,
				...filterParameters(filter),
			});
			return counted === undefined || counted.here === 0 ? null : nearest.n + counted.found - 1;
		},
	};
}

/** Caches the most recently used results of an expensive function by key. Failed results are not kept. */
export function createRecentCache<Answer>(most: number): (key: string, make: () => Promise<Answer>) => Promise<Answer> {
	const known = new Map<string, Promise<Answer>>();
	return (key, make) => {
		const answer = known.get(key) ?? make();
		known.delete(key);
		known.set(key, answer);
		answer.catch(() => known.delete(key));
		for (const old of [...known.keys()].slice(0, Math.max(0, known.size - most))) known.delete(old);
		return answer;
	};
}
