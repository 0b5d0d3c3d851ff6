import { maxSampleText, type SampleContent } from '../../contract/dataset/schema.ts';
import { cleanText, oneLine } from '../../conversation/clean-text.ts';
import type { ImportedSample } from '../formats/format.ts';
import { maxColumns } from '../read/rows.ts';

/** Most fields in the metadata of one sample: every list of samples would carry them. */
const maxMetadataFields = 20_000;

/** An incoming sample, made safe to store, with its split and key. */
export interface CleanSample {
	readonly content: SampleContent;
	readonly key: string | null;
	readonly split: string | null;
}

/** Makes a sample from a file safe to store. Returns a text with the reason if it cannot. */
export function cleanSample(incoming: ImportedSample, tags: readonly string[]): CleanSample | string {
	const fields = Object.keys(incoming.variables).length;
	if (fields > maxColumns) {
		return `it has ${fields.toLocaleString('en')} fields; the limit is ${maxColumns.toLocaleString('en')}`;
	}
	if (holdsMoreThan(incoming.metadata, maxMetadataFields)) {
		return `its metadata has more than ${maxMetadataFields.toLocaleString('en')} fields`;
	}
	const input =
		typeof incoming.input === 'string'
			? cleanText(incoming.input)
			: incoming.input.map(({ role, content }) => ({ role, content: cleanText(content) }));
	const texts: readonly [string, string][] = [
		['input', typeof input === 'string' ? input : input.map(({ content }) => content).join('')],
		['target', incoming.target ?? ''],
		...(incoming.choices ?? []).map((choice): [string, string] => ['choices', choice]),
		...Object.entries(incoming.variables),
	];
	const long = texts.find(([, text]) => text.length > maxSampleText);
	if (long !== undefined) {
		const length = long[1].length.toLocaleString('en');
		return `“${long[0]}” has ${length} characters; the limit is ${maxSampleText.toLocaleString('en')}`;
	}
	const content: SampleContent = {
		input,
		target: incoming.target === null ? null : cleanText(incoming.target),
		choices: incoming.choices === null ? null : incoming.choices.slice(0, 1_000).map(cleanText),
		variables: Object.fromEntries(
			Object.entries(incoming.variables).map(([name, value]) => [oneLine(name) || 'column', cleanText(value)]),
		),
		metadata: JSON.parse(cleanText(JSON.stringify(incoming.metadata))) as Record<string, unknown>,
		tags: cleanTags([...incoming.tags, ...tags]),
		cluster: incoming.cluster === null ? null : oneLine(incoming.cluster).slice(0, 1_000) || null,
	};
	return {
		content,
		key: incoming.key === null ? null : oneLine(incoming.key).slice(0, 500) || null,
		split: incoming.split === null ? null : splitOf(incoming.split),
	};
}

/** Returns true if a value has more fields than so many, counting those within its fields. */
function holdsMoreThan(value: unknown, most: number): boolean {
	const waiting: unknown[] = [value];
	let fields = 0;
	for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
		if (typeof each !== 'object' || each === null) continue;
		const inner: readonly unknown[] = Object.values(each);
		fields += inner.length;
		if (fields > most) return true;
		waiting.push(...inner.filter((one) => typeof one === 'object' && one !== null));
	}
	return false;
}

function cleanTags(tags: readonly string[]): string[] {
	return [...new Set(tags.map((tag) => oneLine(tag).slice(0, 60)).filter((tag) => tag !== ''))].slice(0, 64);
}

/** Maps other names of the test split. */
function splitOf(text: string): string | null {
	const name = oneLine(text).slice(0, 60);
	if (name === '') return null;
	return /^(val|valid|validation|eval|evaluation)$/i.test(name) ? 'test' : /^dev$/i.test(name) ? 'examples' : name;
}
