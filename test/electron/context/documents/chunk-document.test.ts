import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	type ChunkSettings,
	type CountTokens,
	chunkDocument,
	chunkInput,
	type DocumentChunk,
	minChunkSize,
} from '../../../../electron/context/documents/chunk-document.ts';
import { DocumentBuilder } from '../../../../electron/context/documents/document-builder.ts';
import { markdownBlocks } from '../../../../electron/context/documents/formats/markdown.ts';
import { blockKinds, type ParsedDocument } from '../../../../electron/context/documents/parsed-document.ts';

/** Counts words and signs, as many tokenisers cut. */
const words: CountTokens = async (texts) => texts.map((text) => text.match(/\w{1,6}|[^\w\s]|\n/gu)?.length ?? 0);

/** Counts bytes, so that each letter takes tokens and joined texts never take fewer. */
const bytes: CountTokens = async (texts) => texts.map((text) => Buffer.byteLength(text));

function markdown(text: string): ParsedDocument {
	return { title: 'Test', format: 'markdown', pages: null, text, blocks: markdownBlocks(text) };
}

const chunksOf = (text: string, settings: ChunkSettings, count = words): Promise<DocumentChunk[]> =>
	chunkDocument(markdown(text), settings, count);

describe('a document is cut along its structure', () => {
	test('a section begins a chunk, which knows the headings above it', async () => {
		const text = `# Guide\n\n## Install\n\n${'Run the installer. '.repeat(6)}\n\n## Use\n\n${'Open a file. '.repeat(6)}`;
		const chunks = await chunksOf(text, { size: 48, overlap: 0 });
		expect(chunks.map(({ headingPath, context, text }) => [headingPath, context, text.slice(0, 17)])).toEqual([
			[['Guide', 'Install'], '', '# Guide\n\n## Insta'],
			[['Guide', 'Use'], 'Guide', '## Use\n\nOpen a fi'],
		]);
	});

	test('small sections are joined', async () => {
		const text = Array.from({ length: 8 }, (_, index) => `## Question ${index}\n\nYes.`).join('\n\n');
		expect(await chunksOf(text, { size: 1000, overlap: 0 })).toHaveLength(1);
	});

	test('joined sections have the headings that they share as their path', async () => {
		const text =
			'# Guide\n\n## Install\n\nRun it.\n\n### Linux\n\nUnpack it.\n\n## Use\n\nOpen a file.\n\n# Notes\n\nNone.';
		expect((await chunksOf(text, { size: 1000, overlap: 0 })).map(({ headingPath }) => headingPath)).toEqual([[]]);
		const guide = text.slice(0, text.indexOf('# Notes'));
		expect((await chunksOf(guide, { size: 1000, overlap: 0 })).map(({ headingPath }) => headingPath)).toEqual([
			['Guide'],
		]);
		const install = text.slice(0, text.indexOf('## Use'));
		expect((await chunksOf(install, { size: 1000, overlap: 0 })).map(({ headingPath }) => headingPath)).toEqual([
			['Guide', 'Install'],
		]);
	});

	test('a paragraph that fits into a chunk is not split', async () => {
		const paragraph = 'One two three four. Five six seven eight.';
		const chunks = await chunksOf([paragraph, paragraph, paragraph].join('\n\n'), { size: 26, overlap: 0 });
		expect(chunks.map(({ text }) => text)).toEqual([`${paragraph}\n\n${paragraph}`, paragraph]);
	});

	test('a long paragraph is cut between sentences, and the next chunk repeats the last one', async () => {
		const text = Array.from({ length: 12 }, (_, index) => `Sentence number ${index} ends here.`).join(' ');
		const chunks = await chunksOf(text, { size: 30, overlap: 8 });
		expect(chunks.length).toBeGreaterThan(2);
		for (const chunk of chunks) expect(chunk.text).toMatch(/^Sentence number \d+ .*here\.$/s);
		const [first, second] = chunks;
		expect(second!.offset).toBeLessThan(first!.offset + first!.length);
		expect(first!.text.endsWith(second!.text.split('. ')[0]!.concat('.'))).toBe(true);
	});

	test('rows of a table have its header as context', async () => {
		const rows = Array.from({ length: 20 }, (_, index) => `| item ${index} | ${index} |`);
		const text = `# Prices\n\n| name | price |\n| --- | --- |\n${rows.join('\n')}`;
		const chunks = await chunksOf(text, { size: 60, overlap: 10 });
		expect(chunks[0]!.context).toBe('');
		for (const chunk of chunks.slice(1)) {
			expect(chunk.context).toBe('Prices\n| name | price');
			expect(chunk.text).toMatch(/^\| item/);
		}
	});

	test('code is cut between lines and keeps its indentation', async () => {
		const lines = Array.from({ length: 30 }, (_, index) => `\tcall(${index});`);
		const chunks = await chunksOf(`\`\`\`js\nfunction f() {\n${lines.join('\n')}\n}\n\`\`\``, { size: 40, overlap: 0 });
		expect(chunks.length).toBeGreaterThan(3);
		for (const chunk of chunks.slice(1, -1)) expect(chunk.text).toMatch(/^(\tcall\(\d+\);\n?)+$/);
	});

	test('context that would fill the chunk is shortened from outside', async () => {
		const text = `# ${'far '.repeat(30)}\n\n## near\n\n${'Body text here. '.repeat(30)}`;
		const chunks = await chunksOf(text, { size: 40, overlap: 0 });
		expect(chunks.at(-1)!.context).toBe('near');
		expect(chunks.at(-1)!.headingPath).toHaveLength(2);
	});
});

const block = fc.record({
	kind: fc.constantFrom(...blockKinds),
	text: fc.oneof(
		fc.lorem({ maxCount: 60 }),
		fc.string({ unit: 'binary', maxLength: 300 }),
		fc.string({ unit: 'grapheme', maxLength: 200 }),
		fc.constant('word '.repeat(300)),
		fc.constant(`a${' '.repeat(3_000)}b`),
		fc.constant('日本語のテキスト。'.repeat(40)),
		fc.constant('x'.repeat(2_000)),
		fc.constant('👩‍👩‍👧‍👦🇩🇪'.repeat(60)),
	),
	level: fc.integer({ min: 1, max: 6 }),
	page: fc.integer({ min: 1, max: 9 }),
});

const documents = fc.array(block, { minLength: 1, maxLength: 25 }).map((blocks) => {
	const builder = new DocumentBuilder('test.txt');
	builder.add('paragraph', 'Start.');
	for (const { kind, text, level, page } of blocks) {
		builder.add(kind, text, { page, level: kind === 'heading' ? level : 0 });
	}
	return builder.finish('text', null);
});

const settings = fc.record({
	size: fc.integer({ min: minChunkSize, max: 200 }),
	overlap: fc.integer({ min: 0, max: 60 }),
});

describe('any document', () => {
	test.each([
		['words', words],
		['bytes', bytes],
	])('counted in %s: limits hold, no text is lost, offsets point to it, and it can be repeated', async (_, count) => {
		await fc.assert(
			fc.asyncProperty(documents, settings, async (document, chosen) => {
				const chunks = await chunkDocument(document, chosen, count);
				const counts = await count(chunks.map(chunkInput));
				const covered = new Uint8Array(document.text.length);
				let before = -1;
				for (const [index, chunk] of chunks.entries()) {
					expect(chunk.tokens).toBe(counts[index]);
					expect(chunk.tokens).toBeLessThanOrEqual(chosen.size);
					expect(chunk.text).toBe(document.text.slice(chunk.offset, chunk.offset + chunk.length));
					expect(chunk.text.isWellFormed()).toBe(true);
					expect(chunk.text.trim()).not.toBe('');
					expect(chunk.offset).toBeGreaterThan(before);
					before = chunk.offset;
					covered.fill(1, chunk.offset, chunk.offset + chunk.length);
				}
				const lost =
					Array.from(document.text).length === 0
						? []
						: [...covered.keys()].filter((at) => covered[at] === 0 && document.text[at]!.trim() !== '');
				expect(lost).toEqual([]);
				expect(await chunkDocument(document, chosen, count)).toEqual(chunks);
			}),
			{ numRuns: 40 },
		);
	});

	test('a text of ten million characters is cut in steps that leave time for others', { timeout: 60_000 }, async () => {
		const text = 'Every sentence is like the one before it. '.repeat(240_000);
		let longest = 0;
		let last = performance.now();
		const counter: CountTokens = async (texts) => {
			longest = Math.max(longest, performance.now() - last);
			await new Promise((resolve) => setImmediate(resolve));
			const counted = await bytes(texts);
			last = performance.now();
			return counted;
		};
		const parsed: ParsedDocument = {
			...{ title: 'Test', format: 'text', pages: null, text },
			blocks: [{ kind: 'paragraph', offset: 0, length: text.length, page: null, level: 0 }],
		};
		const chunks = await chunkDocument(parsed, { size: 1_000, overlap: 100 }, counter);
		expect(chunks.length).toBeGreaterThan(10_000);
		expect(longest).toBeLessThan(1_000);
	});
});
