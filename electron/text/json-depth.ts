/** Deepest nesting of a value; JSON writers recurse once per level, and far beyond this would overflow the stack. */
export const maxJsonLevels = 5_000;

/**
 * Returns true if a JSON text nests too deeply to be parsed: millions of levels take a hundred times the memory of
 * their text.
 */
export function nestsTooDeep(raw: Uint8Array): boolean {
	let depth = 0;
	let inString = false;
	for (let at = 0; at < raw.length; at += 1) {
		const byte = raw[at]!;
		if (byte === 0x22) inString = !inString;
		else if (inString) at += byte === 0x5c ? 1 : 0;
		else if (byte === 0x5b || byte === 0x7b) {
			depth += 1;
			if (depth > maxJsonLevels + 1) return true;
		} else if (byte === 0x5d || byte === 0x7d) depth -= 1;
	}
	return false;
}

/** Whether objects and lists are nested more than `depth` levels deep. Goes level by level, so it can't overflow the stack. */
export function isDeeperThan(value: unknown, depth: number): boolean {
	let level: unknown[] = [value];
	for (let at = 0; level.length > 0; at += 1) {
		if (at > depth) return true;
		const below: unknown[] = [];
		for (const one of level) {
			if (typeof one !== 'object' || one === null) continue;
			for (const part of Object.values(one)) if (typeof part === 'object' && part !== null) below.push(part);
		}
		level = below;
	}
	return false;
}
