import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ComparisonText } from '../contract/comparison/schema.ts';
import { bundledTextsFolder } from '../dataset/bundled-texts.ts';

/**
 * Returns the texts that come with Assay, as files that any process can read. A packaged Assay has them in an archive,
 * so missing or outdated ones are written to `into`, in the data folder. Empty if there are none.
 */
export function unpackTexts(into: string, from = bundledTextsFolder): readonly ComparisonText[] {
	let names: readonly string[];
	try {
		names = readdirSync(from).filter((name) => name.endsWith('.txt'));
	} catch {
		return [];
	}
	mkdirSync(into, { recursive: true });
	return names.toSorted().map((name) => {
		const path = join(into, name);
		const text = readFileSync(join(from, name));
		if (!isSame(path, text)) writeFileSync(path, text);
		return { category: basename(name, '.txt'), path, sizeBytes: text.length };
	});
}

function isSame(path: string, text: Buffer): boolean {
	try {
		return readFileSync(path).equals(text);
	} catch {
		return false;
	}
}
