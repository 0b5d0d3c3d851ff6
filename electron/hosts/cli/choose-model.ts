import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { starterModelId } from '../../../models/download/catalogue.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { Alias } from '../../contract/server/recipe.ts';
import { resolveModel } from '../../library/resolve-model.ts';
import type { Client } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';
import { withApplication } from './with-application.ts';

/**
 * Finds the model that `text` names: a name or id in the library, the path of a file in it, or the path of any other
 * GGUF, which is added to the library. Throws Failure `model-unknown`, `model-ambiguous`.
 */
export async function chooseModel(client: Client, text: string): Promise<ModelFile> {
	const { models } = await client.models.list();
	const path = resolve(text);
	// A file of the current folder comes before one in the library that has the same file name.
	const isOther = text.toLowerCase().endsWith('.gguf') && existsSync(path) && models.every((one) => one.path !== path);
	if (isOther) return client.models.add({ path });
	const known = (await modelOfAlias(client, models, text)) ?? resolveModel(models, text);
	if (known) return known;
	if (looksLikePath(text) || existsSync(text)) return client.models.add({ path });
	throw unknown(models, text);
}

/** Like `chooseModel`, but only among models already in the library. */
export async function knownModel(client: Client, text: string): Promise<ModelFile> {
	const { models } = await client.models.list();
	const known = (await modelOfAlias(client, models, text)) ?? resolveModel(models, text);
	if (known) return known;
	throw unknown(models, text);
}

/** Returns the alias of this name; undefined if there is none. */
export async function findAlias(client: Client, name: string): Promise<Alias | undefined> {
	const { aliases } = await client.server.aliases();
	return aliases.find((alias) => alias.name.toLowerCase() === name.toLowerCase());
}

async function modelOfAlias(client: Client, models: readonly ModelFile[], text: string): Promise<ModelFile | null> {
	const alias = await findAlias(client, text);
	return models.find(({ id }) => id === alias?.modelFileId) ?? null;
}

function looksLikePath(text: string): boolean {
	return /[\\/]/.test(text) || text.toLowerCase().endsWith('.gguf');
}

function unknown(models: readonly ModelFile[], text: string): Failure {
	const names = [...new Set(models.map(({ name }) => name))];
	return new Failure({
		code: 'model-unknown',
		message: `The library has no model named "${text}"`,
		next: [
			names.length > 0
				? `Use one of: ${names.join(', ')}`
				: `Download the starter model: assay models pull ${starterModelId}`,
			'Or give the path of a GGUF file',
		],
	});
}

/**
 * Returns the path of the file that `text` names: a path, or a name or id in the library, which is opened only if
 * needed. Throws Failure `model-unknown`, `model-ambiguous`.
 */
export async function findModelPath(context: CommandContext, text: string): Promise<string> {
	const path = resolve(text);
	if (existsSync(path) && statSync(path).isFile()) return path;
	const model = await withApplication(context, (client) => knownModel(client, text));
	return model.path;
}
