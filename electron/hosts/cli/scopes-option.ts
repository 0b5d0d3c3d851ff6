import { InvalidArgumentError } from 'commander';
import { type ServerScope, serverScopes } from '../../contract/server/schema.ts';

/** Parses a list of scopes: "inference,evaluation". */
export function parseScopes(text: string): ServerScope[] {
	const names = text.split(',').map((name) => name.trim());
	const known: readonly string[] = serverScopes;
	const wrong = names.find((name) => !known.includes(name));
	if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is none of ${serverScopes.join(', ')}.`);
	return names as ServerScope[];
}
