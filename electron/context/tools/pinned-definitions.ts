import { createHash } from 'node:crypto';
import type { ShownLaunch, ToolDefinition } from '../../contract/tools/schema.ts';

/** Hash of what a model reads about a tool: name, description and schema. Any other text is another hash. */
export function definitionHash(name: string, { description, inputSchema }: ToolDefinition): string {
	return hashOf([name, description, inputSchema]);
}

/** Hash of everything that starts a server or leads to it, values of variables and headers included. */
export function launchHash(launch: ShownLaunch, secrets: Readonly<Record<string, string>>): string {
	return hashOf([launch, secrets]);
}

function hashOf(value: unknown): string {
	return createHash('sha256')
		.update(JSON.stringify(sorted(value)))
		.digest('hex');
}

/** The same value with its keys in order: a server that writes them in another order changed nothing. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(([key, part]) => [key, sorted(part)] as const);
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
