import type { SearchChoices } from '../contract/search/schema.ts';
import type { Reader } from '../database/reader.ts';

const most = 200;

const tags = `SELECT t.name, count(c.id) AS conversations FROM tags t
LEFT JOIN conversation_tags ct ON ct.tag_id = t.id
LEFT JOIN conversations c ON c.id = ct.conversation_id AND c.deleted_at IS NULL
GROUP BY t.id ORDER BY conversations DESC, t.name LIMIT ${most}`;

const folders = `SELECT f.name, count(c.id) AS conversations FROM folders f
LEFT JOIN conversations c ON c.folder_id = f.id AND c.deleted_at IS NULL
GROUP BY f.id ORDER BY f.position, f.name LIMIT ${most}`;

/** Models that answered here, the most recent first, then those of imported answers. */
const models = `SELECT name FROM (
  SELECT f.name, max((SELECT max(g.id) FROM generations g WHERE g.model_file_id = f.id)) AS newest
  FROM model_files f GROUP BY f.name HAVING newest IS NOT NULL
  UNION ALL
  SELECT f.display_name, max((SELECT max(g.id) FROM generations g WHERE g.model_file_id = f.id)) AS newest
  FROM model_files f WHERE f.display_name IS NOT NULL GROUP BY f.display_name HAVING newest IS NOT NULL
  UNION ALL
  SELECT DISTINCT model_name, 0 FROM messages WHERE model_name IS NOT NULL
) GROUP BY name ORDER BY max(newest) DESC, name LIMIT ${most}`;

/** Reads the choices on the reader thread. */
export async function readSearchChoices(reader: Reader): Promise<SearchChoices> {
	const names = await reader.all<{ name: string }>(models);
	return {
		tags: [...(await reader.all<SearchChoices['tags'][number]>(tags))],
		folders: [...(await reader.all<SearchChoices['folders'][number]>(folders))],
		models: names.map(({ name }) => name),
	};
}
