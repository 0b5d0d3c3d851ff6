import { isDeepStrictEqual } from 'node:util';
import type { ArgumentPattern, ToolArguments } from '../../contract/tools/schema.ts';

/** Returns true if a permission for these arguments covers the call. */
export function coversArguments(pattern: ArgumentPattern, args: ToolArguments): boolean {
	switch (pattern.kind) {
		case 'any':
			return true;
		case 'exact':
			return isDeepStrictEqual(plain(pattern.arguments), plain(args));
		case 'prefix':
			return Object.hasOwn(args, pattern.argument) && isBelow(args[pattern.argument], pattern.prefix);
	}
}

/** Key order and undefined values don't count. */
function plain(value: ToolArguments): unknown {
	return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Whether a path or an address is the prefix or lies below it, without a step that could lead out of it. */
function isBelow(value: unknown, prefix: string): boolean {
	if (typeof value !== 'string' || !value.startsWith(prefix)) return false;
	if (hasStepUp(value)) return false;
	// "/home/me/notes" doesn't cover "/home/me/notes-of-others", nor "https://a.example" "https://a.example.evil".
	return value.length === prefix.length || /[/\\]$/.test(prefix) || /^[/\\?#]/.test(value.slice(prefix.length));
}

/** "..", also as it may be written in an address. */
function hasStepUp(value: string): boolean {
	let decoded = value;
	// Twice: a server may decode what a proxy decoded before.
	for (let round = 0; round < 2; round += 1) {
		try {
			decoded = decodeURIComponent(decoded);
		} catch {
			break;
		}
	}
	return [value, decoded].some((text) => text.split(/[/\\]/).includes('..') || text.includes('\0'));
}
