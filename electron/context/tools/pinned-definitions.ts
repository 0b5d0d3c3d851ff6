import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../models/canonical-json.ts';
import type { ShownLaunch, ToolDefinition } from '../../contract/tools/schema.ts';

/** Hash of what a model reads about a tool: name, description and schema. Any other text is another hash. */
export function definitionHash(name: string, { description, inputSchema }: ToolDefinition): string {
	return hashOf([name, description, inputSchema]);
}

/** Hash of everything that starts a server or leads to it, values of variables and headers included. */
export function launchHash(launch: ShownLaunch, secrets: Readonly<Record<string, string>>): string {
	return hashOf([launch, secrets]);
}

/** A server that writes the keys in another order changed nothing. */
function hashOf(value: unknown): string {
	return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
