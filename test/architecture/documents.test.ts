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

/** The READMEs of folders, which say what each file there is for. */
const folders = ['electron', 'migrations', 'models', 'renderer', 'test', 'texts'];
const readmes = folders.flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((path) => /(?:^|[\\/])README\.md$/.test(path) && !/(?:^|[\\/])node_modules[\\/]/.test(path))
		.map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);

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
	const missing = [...documents, ...readmes].flatMap((document) =>
		[...textOf(document).matchAll(/`((?:electron|models|renderer|migrations|test|scripts)\/[\w@./-]*)`/g)]
			.map(([, path = '']) => path)
			.filter((path) => !path.includes('NNNN') && !existsSync(join(root, path)))
			.map((path) => `${document}: ${path}`),
	);
	expect(missing).toEqual([]);
});

test('every file that a folder’s README names by its name alone is below that folder', () => {
	const missing = readmes.flatMap((readme) => {
		const folder = join(root, readme, '..');
		const below = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
		return [...textOf(readme).matchAll(/`((?:[\w-]+\/)*[\w.-]+\.(?:ts|tsx|wat|py))`/g)]
			.map(([, path = '']) => path)
			.filter((path) => !existsSync(join(root, path)))
			.filter((path) => !below.some((one) => one === path || one.endsWith(`/${path}`)))
			.map((path) => `${readme}: ${path}`);
	});
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
