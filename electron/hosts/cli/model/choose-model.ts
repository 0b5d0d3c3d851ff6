import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../../../models/contract/failure.ts';
import type { ModelFile } from '../../../contract/model.ts';
import type { Client } from '../../ownership/attach.ts';

/**
 * The model that a person means by `text`: a name or id of the library, a path of a file in it, or the path of any
 * other GGUF, which is added to the library. Throws Failure `model-unknown`, `model-ambiguous`.
 */
export async function chooseModel(client: Client, text: string): Promise<ModelFile> {
	const { models } = await client.models.list();
	const known = findModel(models, text);
	if (known) return known;
	if (looksLikePath(text) || existsSync(text)) return client.models.add({ path: resolve(text) });
	throw unknown(models, text);
}

/** As `chooseModel`, of those the library has already. */
export async function knownModel(client: Client, text: string): Promise<ModelFile> {
	const { models } = await client.models.list();
	const known = findModel(models, text);
	if (known) return known;
	throw unknown(models, text);
}

function findModel(models: readonly ModelFile[], text: string): ModelFile | undefined {
	const wanted = text.toLowerCase();
	const exact =
		models.find(({ name }) => name === text) ??
		models.find(({ path }) => path === resolve(text)) ??
		models.find(({ id }) => String(id) === text) ??
		models.find(({ name }) => name.toLowerCase() === wanted);
	if (exact || wanted === '') return exact;
	const alike = models.filter(({ name }) => name.toLowerCase().startsWith(wanted));
	if (alike.length > 1) {
		throw new Failure({
			code: 'model-ambiguous',
			message: `"${text}" fits ${alike.length} models`,
			next: alike.map(({ name, id }) => `Say --model "${name}", or its id ${id}`),
		});
	}
	return alike[0];
}

function looksLikePath(text: string): boolean {
	return /[\\/]/.test(text) || text.toLowerCase().endsWith('.gguf');
}

function unknown(models: readonly ModelFile[], text: string): Failure {
	const names = models.map(({ name }) => name);
	return new Failure({
		code: 'model-unknown',
		message: `The library has no model named "${text}"`,
		next: [
			names.length > 0 ? `It has: ${names.join(', ')}` : 'Fetch one: assay models pull <id>',
			'Give the path of a GGUF file instead',
		],
	});
}
