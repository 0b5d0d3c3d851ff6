import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { golden, openForTest, sharedCopy } from './golden.ts';
import type { Frozen } from './open-frozen.ts';
import { withoutWords } from './without-words.ts';

const shared = sharedCopy();

/**
 * Compares an export of the frozen data folder with its golden file, because other programs read these files. JSON
 * keeps the order of its fields, and sentences become `…`.
 */
async function expectFile(name: string, text: string): Promise<void> {
	const kept = name.endsWith('.json') ? `${JSON.stringify(withoutWords(JSON.parse(text)), null, 1)}\n` : text;
	await expect(kept).toMatchFileSnapshot(golden('exports', name));
}

/** Joins all pages of an export. */
async function whole(page: (after: number | null) => Promise<{ text: string; next: number | null }>): Promise<string> {
	let text = '';
	let after: number | null = null;
	do {
		const one = await page(after);
		text += one.text;
		after = one.next;
	} while (after !== null);
	return text;
}

async function exportedConversation({ client, ended }: Frozen, format: 'markdown' | 'json' | 'html'): Promise<string> {
	const { id } = await ended(await client.exchange.export({ ids: [1], format }));
	return readFileSync((await client.exchange.exported({ jobId: id })).path, 'utf8');
}

test.each([
	['sft', 'jsonl'],
	['preference', 'jsonl'],
	['csv', 'csv'],
] as const)('feedback exported as %s stays the same', async (format, extension) => {
	const { client } = shared();
	await expectFile(
		`feedback-${format}.${extension}`,
		await whole((after) => client.feedback.export({ format, after })),
	);
});

test.each([
	['markdown', 'md'],
	['html', 'html'],
	['json', 'json'],
] as const)('a conversation exported as %s stays the same', async (format, extension) => {
	await expectFile(`conversation.${extension}`, await exportedConversation(shared(), format));
});

test.each([
	['json', 'json'],
	['csv', 'csv'],
	['junit', 'xml'],
	['inspect', 'json'],
	['promptfoo', 'json'],
	['config', 'yaml'],
] as const)('a run exported as %s stays the same', async (format, extension) => {
	const { client } = shared();
	const { arms } = await client.evaluations.get({ id: 4 });
	const armId = format === 'config' ? null : (arms[0]?.id ?? 0);
	const text = await whole((after) => client.evaluations.export({ id: 4, format, armId, after }));
	await expectFile(`run-${format}.${extension}`, text);
});

test('a re-scored run exported as json stays the same', async () => {
	const { client } = shared();
	const { arms } = await client.evaluations.get({ id: 2 });
	const armId = arms[0]?.id ?? 0;
	const text = await whole((after) => client.evaluations.export({ id: 2, format: 'json', armId, after }));
	const { rows: _rows, ...head } = JSON.parse(text) as { rows: unknown };
	await expectFile('rescored-run.json', JSON.stringify(head));
});

test.each([
	['jsonl', 'jsonl'],
	['messages', 'jsonl'],
	['preference', 'jsonl'],
	['csv', 'csv'],
	['promptfoo', 'yaml'],
	['inspect', 'jsonl'],
] as const)('a dataset exported as %s stays the same', async (format, extension) => {
	const { client, ended } = shared();
	const found = (await client.datasets.list({})).datasets.find(({ name }) => name === 'Small sums');
	const { versions } = await client.datasets.get({ id: found?.id ?? 0 });
	const second = versions.find(({ note }) => note === 'second');
	const { id } = await ended(await client.datasets.export({ versionId: second?.id ?? 0, format }));
	const { path } = await client.datasets.exported({ jobId: id });
	await expectFile(`dataset-${format}.${extension}`, readFileSync(path, 'utf8'));
});

test.each([
	['markdown', 'md'],
	['csv', 'csv'],
	['json', 'json'],
] as const)('a comparison exported as %s stays the same', async (format, extension) => {
	const { client } = shared();
	const { text } = await client.comparisons.export({ id: 1, format });
	await expectFile(`comparison.${extension}`, text);
});

/** Files exported in November 2026. Never write them again: exports from other computers must stay importable. */
const sent = (name: string): string => golden('sent', name);

test('a conversation exported by an earlier build can be imported and exports unchanged', async () => {
	const there = await openForTest(temporaryFolder());
	const { client, ended } = there;
	const preview = await ended(await client.exchange.preview({ paths: [sent('conversation.json')] }));
	const { id } = await ended(await client.exchange.import({ previewId: preview.id }));
	expect(await client.exchange.report({ jobId: id })).toMatchObject({ conversations: 1, messages: 7, skipped: [] });
	const facts = (text: string): unknown => JSON.parse(text).conversations ?? JSON.parse(text);
	const exported = facts(await exportedConversation(there, 'json'));
	expect(exported).toEqual(facts(readFileSync(sent('conversation.json'), 'utf8')));
});

test('a comparison exported by an earlier build can be imported', async () => {
	const { client } = await openForTest(temporaryFolder());
	const text = readFileSync(sent('comparison.json'), 'utf8');
	const { rows } = await client.comparisons.import({ text });
	const written = JSON.parse(text) as { rows: { name: string; sha256: string; outcome: string }[] };
	const facts = (of: readonly { name: string; sha256: string | null; outcome: string | null }[]) =>
		of.map(({ name, sha256, outcome }) => ({ name, sha256, outcome }));
	expect(facts(rows)).toEqual(facts(written.rows));
});

test('a dataset exported by an earlier build is imported with the same content', async () => {
	const { client, ended } = await openForTest(temporaryFolder());
	const path = join(temporaryFolder(), 'sums.jsonl');
	copyFileSync(sent('dataset.jsonl'), path);
	const preview = await ended(await client.datasets.imports.preview({ paths: [path] }));
	const { id } = await ended(
		await client.datasets.imports.start({
			previewId: preview.id,
			into: { kind: 'new', name: 'Sums', description: '' },
			mapping: null,
			table: null,
			tags: [],
			duplicates: 'keep',
			limit: null,
		}),
	);
	const report = await client.datasets.imports.report({ jobId: id });
	const draft = await client.datasets.get({ id: report.dataset.id });
	const exporting = await ended(
		await client.datasets.export({ versionId: draft.versions[0]?.id ?? 0, format: 'jsonl' }),
	);
	const exported = readFileSync((await client.datasets.exported({ jobId: exporting.id })).path, 'utf8');
	expect(exported).toBe(readFileSync(path, 'utf8'));
});

test('a config file written by an earlier build keeps its meaning', async () => {
	const { client } = shared();
	const { config } = await client.evaluations.get({ id: 4 });
	const text = readFileSync(sent('config.yaml'), 'utf8');
	const read = await client.evaluations.configFile.read({ text, name: 'config.yaml' });
	expect(read.problems).toEqual([]);
	// Rows became independent by default later; a file asks for what is the default when it is read.
	expect(read.config).toEqual({ ...config, independent: true });
});
