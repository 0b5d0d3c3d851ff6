import type { Folder, Organisation, Tag } from '../../contract/conversation/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import type { Reader } from '../../database/reader.ts';
import { all, get } from '../../database/sql.ts';

/** Folders in the user's order; each count is read from an index alone. */
export const folderRows = `SELECT f.id, f.name, (
    SELECT count(*) FROM conversations c INDEXED BY conversations_in_folder
    WHERE c.folder_id = f.id AND c.deleted_at IS NULL AND c.archived_at IS NULL
  ) AS conversations
FROM folders f ORDER BY f.position, f.id`;

/**
 * Tags by name. Conversations in the trash are counted once for all tags and subtracted, because they are fewer. CROSS
 * JOIN starts with the trash; otherwise every tagged conversation would be looked up in it.
 */
export const tagRows = `WITH gone AS MATERIALIZED (
  SELECT ct.tag_id, count(*) AS conversations
  FROM conversations c INDEXED BY conversations_trash CROSS JOIN conversation_tags ct ON ct.conversation_id = c.id
  WHERE c.deleted_at IS NOT NULL GROUP BY ct.tag_id
)
SELECT t.id, t.name,
  (SELECT count(*) FROM conversation_tags ct WHERE ct.tag_id = t.id) - coalesce(gone.conversations, 0) AS conversations
FROM tags t LEFT JOIN gone ON gone.tag_id = t.id ORDER BY t.name`;

export const placeCounts = `SELECT
  (SELECT count(*) FROM conversations c INDEXED BY conversations_archived
   WHERE c.archived_at IS NOT NULL AND c.deleted_at IS NULL) AS archived,
  (SELECT count(*) FROM conversations c INDEXED BY conversations_trash WHERE c.deleted_at > 0) AS inTrash`;

type Places = Pick<Organisation, 'archived' | 'inTrash'>;

/** Reads folders and tags with their counts on the main thread, after a change. */
export function readOverview(database: ReadableDatabase): Organisation {
	const places = get<Places>(database, placeCounts) ?? { archived: 0, inTrash: 0 };
	return { folders: [...readFolders(database)], tags: [...readTags(database)], ...places };
}

/** Reads them on the reader thread: counting 100,000 conversations takes longer than a frame. */
export async function fetchOverview(reader: Reader, signal?: AbortSignal): Promise<Organisation> {
	const folders = await reader.all<Folder>(folderRows, {}, signal);
	const tags = await reader.all<Tag>(tagRows, {}, signal);
	const [places] = await reader.all<Places>(placeCounts, {}, signal);
	return { folders: [...folders], tags: [...tags], ...(places ?? { archived: 0, inTrash: 0 }) };
}

export function readFolders(database: ReadableDatabase): readonly Folder[] {
	return all<Folder>(database, folderRows);
}

export function readTags(database: ReadableDatabase): readonly Tag[] {
	return all<Tag>(database, tagRows);
}
