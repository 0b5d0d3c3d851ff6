import type { DiffRow, VersionDiff } from '../../contract/dataset/dataset.ts';
import { excerptLength } from '../../contract/dataset/sample.ts';
import type { Reader } from '../../database/reader/reader.ts';
import { lastSeen, type VersionRow } from '../store/versions.ts';

/** Members that are not the very same in both: of each side those whose sample or split the other does not have. */
const differences = `
  WITH a AS (SELECT m.position, m.sample_id, m.split FROM dataset_version_samples m
      WHERE m.version_id = :fromId AND m.position <= :fromUntil AND NOT EXISTS (
        SELECT 1 FROM dataset_version_samples o WHERE o.sample_id = m.sample_id AND o.version_id = :toId
          AND o.position <= :toUntil AND o.split = m.split)),
    b AS (SELECT m.position, m.sample_id, m.split FROM dataset_version_samples m
      WHERE m.version_id = :toId AND m.position <= :toUntil AND NOT EXISTS (
        SELECT 1 FROM dataset_version_samples o WHERE o.sample_id = m.sample_id AND o.version_id = :fromId
          AND o.position <= :fromUntil AND o.split = m.split)),
    older AS (SELECT a.position, a.split, s.id, s.key, s.input FROM a JOIN samples s ON s.id = a.sample_id),
    newer AS (
      SELECT b.position, b.split, s.id, s.key, s.input, (
        SELECT m.sample_id FROM samples o CROSS JOIN dataset_version_samples m
        WHERE o.dataset_id = :fromDataset AND o.key = s.key
          AND m.sample_id = o.id AND m.version_id = :fromId AND m.position <= :fromUntil LIMIT 1) AS before
      FROM b JOIN samples s ON s.id = b.sample_id),
    pairs AS (
      SELECT n.key, n.before AS fromId, n.id AS toId, (
          SELECT m.split FROM dataset_version_samples m
          WHERE m.sample_id = n.before AND m.version_id = :fromId) AS fromSplit,
        n.split AS toSplit, n.input, 0 AS gone, n.position,
        CASE WHEN n.before IS NULL THEN 'added' WHEN n.before = n.id THEN 'moved' ELSE 'changed' END AS kind
      FROM newer n
      UNION ALL
      SELECT o.key, o.id, NULL, o.split, NULL, o.input, 1, o.position, 'removed'
      FROM older o WHERE NOT EXISTS (
        SELECT 1 FROM samples s CROSS JOIN dataset_version_samples m
        WHERE s.dataset_id = :toDataset AND s.key = o.key
          AND m.sample_id = s.id AND m.version_id = :toId AND m.position <= :toUntil))`;

const counts = `${differences} SELECT kind, count(*) AS n FROM pairs GROUP BY kind`;

const rows = `${differences}
  SELECT key, kind, fromId, toId, fromSplit, toSplit, substr(input, 1, :length) AS input
  FROM pairs ORDER BY gone, position LIMIT :limit OFFSET :offset`;

/** What changes from one version to another, by the keys of their samples. */
export async function diffVersions(
	reader: Reader,
	from: VersionRow,
	to: VersionRow,
	window: { readonly offset: number; readonly limit: number },
	signal?: AbortSignal,
): Promise<VersionDiff> {
	const place = {
		...{ fromId: from.id, fromUntil: lastSeen(from), fromDataset: from.datasetId },
		...{ toId: to.id, toUntil: lastSeen(to), toDataset: to.datasetId },
	};
	const [counted, found] = await Promise.all([
		reader.all<{ kind: DiffRow['kind']; n: number }>(counts, place, signal),
		reader.all<DiffRow>(rows, { ...place, ...window, length: excerptLength }, signal),
	]);
	const of = (kind: DiffRow['kind']): number => counted.find((each) => each.kind === kind)?.n ?? 0;
	const [added, removed, changed, moved] = [of('added'), of('removed'), of('changed'), of('moved')];
	return { same: to.samples - added - changed - moved, added, removed, changed, moved, rows: [...found] };
}
