import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type {
	Prompt,
	PromptContent,
	PromptDraft,
	PromptDraftContent,
	PromptVersion,
} from '../contract/prompt/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run } from '../database/sql.ts';
import { variableNamesIn } from './compile-prompt.ts';

type VersionRow = Omit<PromptVersion, 'variables'>;
type PromptRow = Omit<Prompt, 'latest'>;

const versionColumns = `id, prompt_id AS promptId, number, system, template, example, note, sha256, created_at AS createdAt`;

const selectPrompt = `SELECT id, name, description, starter_id AS starterId, created_at AS createdAt,
  updated_at AS updatedAt, deleted_at AS deletedAt,
  (SELECT count(*) FROM prompt_versions WHERE prompt_id = prompts.id) AS versions FROM prompts`;

/** `deleted_at` of a prompt that is deleted for good but still has a row. */
const gone = 0;

/** All prompts, or all in the trash, by name. */
export function listPrompts(database: ReadableDatabase, deleted: boolean): Prompt[] {
	const which = deleted ? `deleted_at > ${gone}` : 'deleted_at IS NULL';
	return all<PromptRow>(database, `${selectPrompt} WHERE ${which} ORDER BY name COLLATE NOCASE, id`).map((row) =>
		promptOf(database, row),
	);
}

/** Throws Failure `prompt-unknown`. */
export function getPrompt(database: ReadableDatabase, id: number): Prompt {
	const row = get<PromptRow>(database, `${selectPrompt} WHERE id = :id AND deleted_at IS NOT ${gone}`, { id });
	if (row !== undefined) return promptOf(database, row);
	throw new Failure({
		code: 'prompt-unknown',
		message: said`No prompt has the number ${id}.`,
		next: [said`Choose another prompt`],
	});
}

/** Newest first. */
export function versionsOf(database: ReadableDatabase, promptId: number): PromptVersion[] {
	return all<VersionRow>(
		database,
		`SELECT ${versionColumns} FROM prompt_versions WHERE prompt_id = :promptId ORDER BY number DESC`,
		{ promptId },
	).map(versionOf);
}

/** One version, even of a prompt in the trash: repeating a run needs it. Throws Failure `prompt-version-unknown`. */
export function getPromptVersion(database: ReadableDatabase, id: number): PromptVersion {
	const row = get<VersionRow>(database, `SELECT ${versionColumns} FROM prompt_versions WHERE id = :id`, { id });
	if (row !== undefined) return versionOf(row);
	throw new Failure({
		code: 'prompt-version-unknown',
		message: said`No prompt has a version with the number ${id}.`,
		next: [said`Choose another version`],
	});
}

/** The prompt that a version belongs to; null if the version is gone. */
export function promptOfVersion(database: ReadableDatabase, versionId: number): number | null {
	const row = get<{ promptId: number }>(
		database,
		'SELECT prompt_id AS promptId FROM prompt_versions WHERE id = :versionId',
		{ versionId },
	);
	return row?.promptId ?? null;
}

/** The id of the prompt that was added from a starter, in the trash or not; undefined if it was never added. */
export function findStarterPrompt(database: ReadableDatabase, starterId: string): number | undefined {
	return get<{ id: number }>(database, 'SELECT id FROM prompts WHERE starter_id = :starterId', { starterId })?.id;
}

/** The name, as stored, of another prompt outside the trash with the same name; undefined: it is free. */
export function findSameName(database: ReadableDatabase, name: string, except: number | null): string | undefined {
	return get<{ name: string }>(
		database,
		`SELECT name FROM prompts WHERE name = :name COLLATE NOCASE AND deleted_at IS NULL AND id IS NOT :except`,
		{ name, except },
	)?.name;
}

export function insertPrompt(
	database: WritableDatabase,
	row: { name: string; description: string; starterId: string | null; now: number },
): number {
	return run(
		database,
		`INSERT INTO prompts (name, description, starter_id, created_at, updated_at)
		 VALUES (:name, :description, :starterId, :now, :now)`,
		row,
	).id;
}

export function insertVersion(
	database: WritableDatabase,
	row: PromptContent & { promptId: number; note: string; sha256: string; now: number },
): void {
	run(
		database,
		`INSERT INTO prompt_versions (prompt_id, number, system, template, example, note, sha256, created_at)
		 VALUES (:promptId, (SELECT coalesce(max(number), 0) + 1 FROM prompt_versions WHERE prompt_id = :promptId),
		   :system, :template, :example, :note, :sha256, :now)`,
		row,
	);
	run(database, 'UPDATE prompts SET updated_at = :now WHERE id = :promptId', { promptId: row.promptId, now: row.now });
}

export function renameRow(
	database: WritableDatabase,
	row: { id: number; name: string; description: string; now: number },
): void {
	run(database, 'UPDATE prompts SET name = :name, description = :description, updated_at = :now WHERE id = :id', row);
}

/** null restores it from the trash. */
export function setDeleted(database: WritableDatabase, id: number, deletedAt: number | null): void {
	run(database, 'UPDATE prompts SET deleted_at = :deletedAt WHERE id = :id', { id, deletedAt });
}

export function deleteVersions(database: WritableDatabase, promptId: number): void {
	run(database, 'DELETE FROM prompt_versions WHERE prompt_id = :promptId', { promptId });
}

/** Deletes a prompt with its versions. For a bundled prompt, keeps the bare row so that it does not come back. */
export function deletePrompt(database: WritableDatabase, id: number): void {
	deleteVersions(database, id);
	run(database, 'DELETE FROM prompt_drafts WHERE prompt_id = :id', { id });
	run(database, 'DELETE FROM prompts WHERE id = :id AND starter_id IS NULL', { id });
	run(database, `UPDATE prompts SET name = '', description = '', deleted_at = ${gone} WHERE id = :id`, { id });
}

/** The unsaved text of every prompt that has some. */
export function listPromptDrafts(database: ReadableDatabase): PromptDraft[] {
	return [
		...all<PromptDraft>(
			database,
			'SELECT prompt_id AS promptId, system, template, example FROM prompt_drafts ORDER BY prompt_id',
		),
	];
}

/** null removes it. */
export function writePromptDraft(
	database: WritableDatabase,
	promptId: number,
	draft: PromptDraftContent | null,
	now: number,
): void {
	if (draft === null) return void run(database, 'DELETE FROM prompt_drafts WHERE prompt_id = :promptId', { promptId });
	const { system, template, example } = draft;
	run(
		database,
		`INSERT INTO prompt_drafts (prompt_id, system, template, example, updated_at)
		 VALUES (:promptId, :system, :template, :example, :now)
		 ON CONFLICT (prompt_id) DO UPDATE SET system = :system, template = :template, example = :example,
		   updated_at = :now`,
		{ promptId, system, template, example, now },
	);
}

function promptOf(database: ReadableDatabase, row: PromptRow): Prompt {
	const latest = get<VersionRow>(
		database,
		`SELECT ${versionColumns} FROM prompt_versions WHERE prompt_id = :id ORDER BY number DESC LIMIT 1`,
		{ id: row.id },
	);
	if (latest === undefined) throw new Error(`prompt ${row.id} has no version`);
	return { ...row, latest: versionOf(latest) };
}

function versionOf(row: VersionRow): PromptVersion {
	return { ...row, variables: variableNamesIn(row) };
}
