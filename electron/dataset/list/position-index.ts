import type { SampleFilter } from '../../contract/dataset/schema.ts';
import type { Reader } from '../../database/reader.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import { filterParameters, isBySplitOnly, sampleCondition, splitCondition } from './sample-filter.ts';

/** Most anchors remembered for a list, evenly spread over it. */
const mostAnchors = 4_000;

/** Positions per query, adapted so that a query takes about `aimMs`, ms. */
const rangeSize = { first: 5_000, least: 500, most: 100_000, aimMs: 20 };

/** A place in a list: its number among the matches and its position in the version. */
export interface FoundPosition {
	readonly n: number;
	readonly position: number;
}

/**
 * Range of a query: positions after `after` up to `to`; `before` matches were already found; every `every`-th is
 * returned.
 */
export interface PositionRange {
	readonly after: number;
	readonly to: number;
	readonly before: number;
	readonly every: number;
}

/** Where to start reading a page, how many matches to skip, and the last position it can contain. */
export interface PagePosition {
	readonly from: number;
	readonly skip: number;
	readonly until: number;
	/** The exact positions of the page, if all are known. */
	readonly positions: readonly number[] | null;
}

/**
 * Index of the positions that match a query, so that the millionth is as quick to reach as the first. It is built range
 * by range while callers need more: other reads get their turn in between, and nothing is scanned that nobody wants.
 */
export class PositionIndex {
	readonly #read: (range: PositionRange) => Promise<readonly FoundPosition[]>;
	readonly #from: number;
	readonly #until: number;
	readonly #anchors: number[] = [];
	#every = 1;
	#total = 0;
	#last = -1;
	#lookedTo: number;
	#size = rangeSize.first;
	#growing: Promise<void> | null = null;

	/**
	 * Members have positions `first` to `last`. `read` returns every `every`-th place and the last of its range, in
	 * order.
	 */
	constructor(read: (range: PositionRange) => Promise<readonly FoundPosition[]>, first: number, last: number) {
		this.#read = read;
		this.#from = first;
		this.#until = last;
		this.#lookedTo = first - 1;
	}

	/** Creates the index of a list whose anchors, last position and length are already known. */
	static known(anchors: readonly number[], every: number, total: number, last: number): PositionIndex {
		const places = new PositionIndex(() => Promise.resolve([]), 0, -1);
		places.#anchors.push(...anchors);
		places.#every = every;
		places.#total = total;
		places.#last = last;
		return places;
	}

	/** Number of matches found so far. */
	get total(): number {
		return this.#total;
	}

	/** Share of the version scanned so far, 0 to 1. */
	get looked(): number {
		return this.#until < this.#from ? 1 : (this.#lookedTo - this.#from + 1) / (this.#until - this.#from + 1);
	}

	/** Continues scanning until `enough`, or to the end. Rejects with the signal's reason after an abort. */
	async extend(enough: () => boolean, signal?: AbortSignal): Promise<void> {
		while (this.#lookedTo < this.#until && !enough()) {
			signal?.throwIfAborted();
			this.#growing ??= this.#advance().finally(() => {
				this.#growing = null;
			});
			await this.#growing;
		}
	}

	/** Returns true if everything up to this position was scanned. */
	covers(position: number): boolean {
		return this.#lookedTo >= Math.min(position, this.#until);
	}

	/** Returns where a page starts; null: not known yet. */
	page(offset: number, limit: number): PagePosition | null {
		if (offset >= this.#total) return null;
		const anchor = Math.floor(offset / this.#every);
		const positions = this.#every === 1 ? this.#anchors.slice(offset, offset + limit) : null;
		const from = this.#anchors[anchor] ?? 0;
		const until = this.#anchors[Math.ceil((offset + limit) / this.#every)] ?? this.#last;
		return { from, skip: offset - anchor * this.#every, until, positions };
	}

	/** Returns the last anchor at or before a position, with its number; null: none. */
	before(position: number): FoundPosition | null {
		let [low, high] = [0, this.#anchors.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#anchors[middle] ?? 0) <= position) low = middle + 1;
			else high = middle;
		}
		return low === 0 ? null : { n: (low - 1) * this.#every, position: this.#anchors[low - 1] ?? 0 };
	}

	async #advance(): Promise<void> {
		const after = this.#lookedTo;
		const to = Math.min(this.#until, after + this.#size);
		const began = performance.now();
		this.#add(await this.#read({ after, to, before: this.#total, every: this.#every }));
		const ms = performance.now() - began;
		if (ms < rangeSize.aimMs / 2) this.#size = Math.min(rangeSize.most, this.#size * 2);
		else if (ms > rangeSize.aimMs * 2) this.#size = Math.max(rangeSize.least, Math.ceil(this.#size / 2));
		this.#lookedTo = to;
	}

	#add(found: readonly FoundPosition[]): void {
		const before = this.#total;
		for (const { n, position } of found) if ((before + n) % this.#every === 0) this.#anchors.push(position);
		const last = found.at(-1);
		if (last === undefined) return;
		this.#total = before + last.n + 1;
		this.#last = last.position;
		while (this.#anchors.length > mostAnchors) {
			this.#every *= 2;
			const thinned = this.#anchors.filter((_, index) => index % 2 === 0);
			this.#anchors.splice(0, this.#anchors.length, ...thinned);
		}
	}
}

/**
 * SQL for `PositionIndex`: of the members that `matching` selects, it returns the requested ones; `sums`: aggregates
 * over all of them.
 */
export function positionsSql(matching: string, sums = ''): string {
	return `SELECT * FROM (
      SELECT position, row_number() OVER (ORDER BY position) - 1 AS n, count(*) OVER () AS found${sums} FROM (${matching}))
    WHERE (n + :before) % :every = 0 OR n = found - 1 ORDER BY n`;
}

/** Anchor interval of a list that needs no samples to be read. */
const anchorEvery = 500;

const bySplit = `FROM dataset_version_samples m
  WHERE m.version_id = :versionId AND m.position <= :until AND ${splitCondition}`;

/** Skipping members in order takes 30 ns each; numbering them takes ten times as long. */
const anchorsBySplit = `WITH RECURSIVE anchor(position) AS (
    SELECT (SELECT m.position ${bySplit} ORDER BY m.position LIMIT 1)
    UNION ALL
    SELECT (SELECT m.position ${bySplit} AND m.position > anchor.position ORDER BY m.position LIMIT 1 OFFSET :others)
    FROM anchor WHERE anchor.position IS NOT NULL)
  SELECT position FROM anchor WHERE position IS NOT NULL`;

const lengthBySplit = `SELECT count(*) AS total, coalesce(max(m.position), -1) AS last ${bySplit}`;

const byFilter = positionsSql(`SELECT m.position FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND m.position <= :to AND ${sampleCondition}`);

/** Looks up named samples directly, however many others there are. */
const byIds = positionsSql(`SELECT m.position FROM (SELECT DISTINCT value FROM json_each(:ids)) i
  CROSS JOIN dataset_version_samples m ON m.sample_id = i.value AND m.version_id = :versionId
  CROSS JOIN samples s ON s.id = m.sample_id
  WHERE m.position > :after AND m.position <= :to AND ${sampleCondition}`);

const ends = `SELECT
  (SELECT min(position) FROM dataset_version_samples WHERE version_id = :versionId AND position <= :until) AS first,
  (SELECT max(position) FROM dataset_version_samples WHERE version_id = :versionId AND position <= :until) AS last`;

/** Returns the first and the last visible position of a version; an empty version has none between them. */
export async function readEnds(reader: Reader, version: VersionRow): Promise<{ first: number; last: number }> {
	const place = { versionId: version.id, until: lastVisiblePosition(version) };
	const [found] = await reader.all<{ first: number | null; last: number | null }>(ends, place);
	return { first: found?.first ?? 0, last: found?.last ?? -1 };
}

/** Indexes the positions of the samples of a version that match a filter. */
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
		(range) => reader.all<FoundPosition>(byFilter, { versionId, ...range, ...parameters }),
		first,
		last,
	);
}
