import type { Facets } from '../../contract/dataset/sample.ts';
import type { Reader } from '../../database/reader/reader.ts';
import { lastSeen, type VersionRow } from '../store/versions.ts';

const members = 'dataset_version_samples m WHERE m.version_id = :versionId AND m.position <= :until';

const splits = `SELECT m.split, count(*) AS count FROM ${members} GROUP BY m.split ORDER BY count DESC, m.split`;

const tags = `SELECT t.value AS tag, count(*) AS count
  FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id, json_each(s.tags) t
  WHERE m.version_id = :versionId AND m.position <= :until GROUP BY t.value ORDER BY count DESC, tag LIMIT 500`;

const counts = `SELECT count(s.target) AS withTarget, count(s.choices) AS withChoices
  FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position <= :until`;

/** Names are those of the first thousand samples: a column that comes later is rare enough to be typed. */
const first = `SELECT s.variables, s.metadata FROM dataset_version_samples m JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position <= :until ORDER BY m.position LIMIT 1000`;

const variables = `SELECT DISTINCT j.key AS name FROM (${first}) f, json_each(f.variables) j`;

const tasks = `SELECT DISTINCT json_extract(f.metadata, '$.task') AS task FROM (${first}) f
  WHERE json_extract(f.metadata, '$.task') IS NOT NULL`;

/** What there is to filter a version by; of one that did not change since, remembered. */
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
	const place = { versionId: version.id, until: lastSeen(version) };
	const [bySplit, byTag, counted, names, known] = await Promise.all([
		reader.all<{ split: string; count: number }>(splits, place),
		reader.all<{ tag: string; count: number }>(tags, place),
		reader.all<{ withTarget: number; withChoices: number }>(counts, place),
		reader.all<{ name: string }>(variables, place),
		reader.all<{ task: string }>(tasks, place),
	]);
	return {
		splits: [...bySplit],
		tags: [...byTag],
		variables: names.map(({ name }) => name),
		...(counted[0] ?? { withTarget: 0, withChoices: 0 }),
		tasks: known.map(({ task }) => String(task)),
	};
}
