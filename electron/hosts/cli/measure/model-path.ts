import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandContext } from '../command.ts';
import { knownModel } from '../model/choose-model.ts';
import { withApplication } from '../session.ts';

/**
 * Where the file lies that a person means by `text`: a path, or a name or id of the library, which is opened only then.
 * Throws Failure `model-unknown`, `model-ambiguous`.
 */
export async function findModelPath(context: CommandContext, text: string): Promise<string> {
	const path = resolve(text);
	if (existsSync(path) && statSync(path).isFile()) return path;
	const model = await withApplication(context, (client) => knownModel(client, text));
	return model.path;
}
