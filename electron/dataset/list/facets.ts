import type { Facets } from '../../contract/dataset/schema.ts';
import type { Reader } from '../../database/reader.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import { readEnds } from './position-index.ts';

/** Positions scanned per query; other reads get their turn in between. */
const samplesAtOnce = 20_000;

/** Most distinct tags counted; where there are more, they are ids rather than tags. */
const mostTags = 10_000;
const tagsTold = 500;

const members = `FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND m.position <= :to`;

const bySplit = `SELECT m.split, count(*) AS count, count(s.target) AS withTarget, count(s.choices) AS withChoices
  ${members} GROUP BY m.split`;

const byTag = `SELECT t.value AS tag, count(*) AS count FROM (SELECT s.tags ${members} AND s.tags <> '[]') s, json_each(s.tags) t
  GROUP BY t.value`;

/** Names come from the first thousand samples: a column that appears later is rare enough to be typed. */
const first = `SELECT s.variables, s.metadata FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position <= :until ORDER BY m.position LIMIT 1000`;

const variables = `SELECT DISTINCT j.key AS name FROM (${first}) f, json_each(f.variables) j`;

const tasks = `SELECT DISTINCT json_extract(f.metadata, '$.task') AS task FROM (${first}) f
  WHERE json_extract(f.metadata, '$.task') IS NOT NULL`;

/** Returns the facets of a version; remembers them while the version is unchanged. */
export function createFacets(reader: Reader): (version: VersionRow) => Promise<Facets> {
	let last: { readonly key: string; readonly facets: Promise<Facets> } | null = null;
	return (version) => {
		const key = `${version.id} ${version.revision} ${version.visibleTo}`;
		if (last?.key !== key) {
			const facets = readFacets(reader, version);
			last = { key, facets };
			facets.catch(() => {
				last = null;
			});
		}
		return last.facets;
	};
}

async function readFacets(reader: Reader, version: VersionRow): Promise<Facets> {
	const place = { versionId: version.id, until: lastVisiblePosition(version) };
	const splits = new Map<string, number>();
	const tags = new Map<string, number>();
	const counts = { withTarget: 0, withChoices: 0 };
	const { first: from, last } = await readEnds(reader, version);
	for (let after = from - 1; after < last; after += samplesAtOnce) {
		const part = { versionId: version.id, after, to: Math.min(last, after + samplesAtOnce) };
		for (const row of await reader.all<{ split: string; count: number } & typeof counts>(bySplit, part)) {
			add(splits, row.split, row.count);
			counts.withTarget += row.withTarget;
			counts.withChoices += row.withChoices;
		}
		for (const { tag, count } of await reader.all<{ tag: string; count: number }>(byTag, part)) {
			if (tags.size < mostTags || tags.has(tag)) add(tags, tag, count);
		}
	}
	const [names, known] = await Promise.all([
		reader.all<{ name: string }>(variables, place),
		reader.all<{ task: string }>(tasks, place),
	]);
	return {
		splits: mostFirst(splits).map(([split, count]) => ({ split, count })),
		tags: mostFirst(tags)
			.slice(0, tagsTold)
			.map(([tag, count]) => ({ tag, count })),
		variables: names.map(({ name }) => name),
		...counts,
		tasks: known.map(({ task }) => String(task)),
	};
}

function add(counts: Map<string, number>, name: string, count: number): void {
	counts.set(name, (counts.get(name) ?? 0) + count);
}

function mostFirst(counts: ReadonlyMap<string, number>): [string, number][] {
	return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}
