import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources, root } from './sources.ts';

const documents = [
	...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'],
	...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('.md'))
		.map((path) => `docs/${path.replaceAll('\\', '/')}`),
];

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Returns the anchors that GitHub gives to a document's headings. */
function anchorsOf(path: string): string[] {
	return [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replaceAll(/[^a-z0-9 -]/g, '')
			.replaceAll(' ', '-'),
	);
}

test('every path in backticks in a document exists', () => {
	const missing = documents.flatMap((document) =>
		[...textOf(document).matchAll(/`((?:electron|models|renderer|migrations|test|scripts)\/[\w@./-]*)`/g)]
			.map(([, path = '']) => path)
			.filter((path) => !path.includes('NNNN') && !existsSync(join(root, path)))
			.map((path) => `${document}: ${path}`),
	);
	expect(missing).toEqual([]);
});

test('every link between documents leads to a file and a heading', () => {
	const broken = documents.flatMap((document) =>
		[...textOf(document).matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)].flatMap(([link, path = '', anchor]) => {
			const target = path === '' ? document : join(document, '..', path);
			const found = existsSync(join(root, target)) && (anchor === undefined || anchorsOf(target).includes(anchor));
			return found ? [] : [`${document}: ${link}`];
		}),
	);
	expect(broken).toEqual([]);
});

test('every heading that code cites exists', () => {
	const sources = readSources(['electron', 'models', 'renderer', 'scripts', 'test']);
	const cited = sources.flatMap(({ path }) =>
		[...textOf(path).matchAll(/(docs\/[\w/-]+\.md)#([\w-]+)/g)].map(([, document = '', anchor = '']) => ({
			path,
			document,
			anchor,
		})),
	);
	expect(cited.length).toBeGreaterThan(10);
	const broken = cited.filter(
		({ document, anchor }) => !existsSync(join(root, document)) || !anchorsOf(document).includes(anchor),
	);
	expect(broken).toEqual([]);
});
