import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the version in package.json, which is two folders above this file in a checkout, and two above `dist/<host>/`
 * in a build.
 */
export function assayVersion(): string {
	const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
	return (JSON.parse(text) as { version: string }).version;
}
