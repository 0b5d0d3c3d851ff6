import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { Failure } from '../../../../models/contract/failure.ts';
import {
	type ConfigFile,
	configFileLimit,
	configFileSchema,
} from '../../../contract/evaluation/config-file/config-file.ts';
import { parseConfig } from '../../../evaluation/config-file/parse.ts';

/** Reads a config file, YAML or JSON. Throws Failure `config-unreadable`, and as `parseConfig`. */
export async function readConfig(path: string): Promise<ConfigFile>;
export async function readConfig<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>>;
export async function readConfig(path: string, schema: z.ZodType = configFileSchema): Promise<unknown> {
	const text = await readFile(path, 'utf8').catch((error: Error) => {
		throw new Failure(
			{ code: 'config-unreadable', message: `${path} can't be read (${error.message})`, next: ['Check the path'] },
			{ cause: error },
		);
	});
	if (text.length > configFileLimit) {
		throw new Failure({
			code: 'config-unreadable',
			message: `${path} is too large for a config`,
			next: ['Put samples into a file of their own, and name it under dataset'],
		});
	}
	return parseConfig(text, path, schema);
}
