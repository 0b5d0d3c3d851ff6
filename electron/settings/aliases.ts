import { type Alias, aliasSchema, type Recipe, recipeSchema, recipeSourceSchema } from '../contract/server/recipe.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run } from '../database/sql.ts';

interface AliasRow {
	readonly id: number;
	readonly name: string;
	readonly modelFileId: number | null;
	readonly modelName: string;
	readonly source: string;
	/** '': removed. */
	readonly recipe: string;
	readonly setAt: number;
}

const columns = `id, name, model_file_id AS modelFileId, model_name AS modelName, source, recipe, set_at AS setAt`;

/** Returns the aliases that count, by name. */
export function listAliases(database: ReadableDatabase): Alias[] {
	const rows = all<AliasRow>(
		database,
		`SELECT ${columns} FROM aliases
		 WHERE id IN (SELECT max(id) FROM aliases GROUP BY name) AND recipe <> ''
		 ORDER BY name`,
	);
	return rows.map(aliasOf);
}

/** Returns the newest change of a name, which may be its removal; undefined: it was never an alias. */
export function findAlias(database: ReadableDatabase, name: string): Alias | undefined {
	return aliasHistory(database, name, 1)[0];
}

/** Returns the changes of a name, newest first. */
export function aliasHistory(database: ReadableDatabase, name: string, limit = 500): Alias[] {
	const rows = all<AliasRow>(
		database,
		`SELECT ${columns} FROM aliases WHERE name = :name ORDER BY id DESC LIMIT :limit`,
		{ name, limit },
	);
	return rows.map(aliasOf);
}

/** Returns one change; undefined: there is none with this number. */
export function findAliasChange(database: ReadableDatabase, id: number): Alias | undefined {
	const row = get<AliasRow>(database, `SELECT ${columns} FROM aliases WHERE id = :id`, { id });
	return row === undefined ? undefined : aliasOf(row);
}

/** Adds a change, which counts from now on. `recipe` null: the name is removed. */
export function addAliasChange(
	database: WritableDatabase,
	{ name, modelFileId, modelName, source, recipe, setAt }: Omit<Alias, 'id'>,
): Alias {
	const { id } = run(
		database,
		`INSERT INTO aliases (name, model_file_id, model_name, source, recipe, set_at)
		 VALUES (:name, :modelFileId, :modelName, :source, :recipe, :setAt)`,
		{ name, modelFileId, modelName, source: JSON.stringify(source), recipe: recipeText(recipe), setAt },
	);
	return aliasSchema.parse({ id, name, modelFileId, modelName, source, recipe, setAt });
}

function recipeText(recipe: Recipe | null): string {
	return recipe === null ? '' : JSON.stringify(recipe);
}

function aliasOf({ source, recipe, ...row }: AliasRow): Alias {
	return {
		...row,
		source: recipeSourceSchema.parse(JSON.parse(source)),
		recipe: recipe === '' ? null : recipeSchema.parse(JSON.parse(recipe)),
	};
}
