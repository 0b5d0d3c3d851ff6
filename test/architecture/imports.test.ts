import { describe, expect, test } from 'vitest';
import { circles } from './circles.ts';
import { importsOf, readSources } from './sources.ts';

/** Folders of electron/ from top to bottom; a file may import only from its own folder and from those below it. */
const layers = [
	['electron/main.ts', 'electron/preload.ts', 'electron/shell', 'electron/hosts'],
	['electron/application'],
	['electron/mcp'],
	['electron/api'],
	['electron/server'],
	['electron/adaptation'],
	['electron/comparison'],
	['electron/evaluation'],
	['electron/context'],
	['electron/dataset'],
	['electron/search'],
	['electron/feedback'],
	['electron/writing'],
	['electron/conversation'],
	['electron/prompt'],
	['electron/library'],
	['electron/updates'],
	['electron/activity'],
	['electron/jobs'],
	['electron/settings'],
	['electron/statistics'],
	['electron/events.ts'],
	['electron/database'],
	['electron/parsing'],
	['electron/loopback'],
	['electron/text'],
	['electron/contract'],
];

/** Packages that only the listed places may import. */
const reserved: Record<string, readonly string[]> = {
	electron: ['electron/main.ts', 'electron/preload.ts', 'electron/shell/'],
	// It would make requests of its own: a verified file is handed to it.
	'electron-updater': ['electron/shell/install-update.ts'],
	'better-sqlite3': ['electron/database/'],
	// The other engine uses its prebuilt llama.cpp only, through koffi.
	'node-llama-cpp': ['models/worker/node-llama-cpp/'],
	koffi: ['models/native/'],
	react: ['renderer/'],
	'@modelcontextprotocol/client': ['electron/context/tools/'],
	'@modelcontextprotocol/server': ['electron/mcp/'],
	'@modelcontextprotocol/node': ['electron/mcp/'],
};

const sources = readSources(['electron', 'models', 'renderer']);

function layerOf(path: string): number {
	return layers.findIndex((places) => places.some((place) => path === place || path.startsWith(`${place}/`)));
}

/** The files that these load, directly or through others; the code of workers is started, not imported. */
function reachedFrom(entries: readonly string[]): ReadonlySet<string> {
	const reached = new Set<string>();
	const visit = (path: string): void => {
		if (reached.has(path)) return;
		reached.add(path);
		for (const { resolved } of sources.find((source) => source.path === path)?.imports ?? []) {
			if (resolved !== null) visit(resolved);
		}
	};
	for (const entry of entries) visit(entry);
	return reached;
}

function isInside(path: string, place: string): boolean {
	return place.endsWith('/') ? path.startsWith(place) : path === place;
}

function violations(check: (path: string, specifier: string, resolved: string | null) => string | null): string[] {
	return sources.flatMap(({ path, imports }) =>
		imports.flatMap(({ specifier, resolved }) => {
			const problem = check(path, specifier, resolved);
			return problem === null ? [] : [`${path} imports ${specifier}: ${problem}`];
		}),
	);
}

describe('imports', () => {
	test('the import reader sees static, re-exported, side-effect and dynamic imports', () => {
		const text = `import a from './a.ts';\nimport './b.css';\nexport { c } from "../c.ts";\nconst d = await import('d');`;
		expect(importsOf('models/x/y.ts', text).map(({ specifier, resolved }) => [specifier, resolved])).toEqual([
			['./a.ts', 'models/x/a.ts'],
			['./b.css', 'models/x/b.css'],
			['../c.ts', 'models/c.ts'],
			['d', null],
		]);
	});

	test('every file of electron/ belongs to a named layer', () => {
		const homeless = sources.filter(({ path }) => path.startsWith('electron/') && layerOf(path) === -1);
		expect(homeless.map(({ path }) => path)).toEqual([]);
	});

	test('imports inside electron/ only go downwards', () => {
		expect(
			violations((path, _specifier, resolved) => {
				if (!path.startsWith('electron/') || !resolved?.startsWith('electron/')) return null;
				return layerOf(resolved) >= layerOf(path) ? null : 'that folder lies above';
			}),
		).toEqual([]);
	});

	test('a user’s pattern, schema or script never runs on the main process’s own thread', () => {
		const fromMain = reachedFrom(['electron/main.ts', 'electron/hosts/cli.ts']);
		// They run in the scoring worker, which is ended when it takes too long.
		const engines = ['re2js', 'ajv', 'ajv/dist/2020.js', 'quickjs-emscripten-core'];
		const ways = sources
			.filter(({ path, imports }) => fromMain.has(path) && imports.some(({ specifier }) => engines.includes(specifier)))
			.map(({ path }) => path);
		expect(ways).toEqual([]);
	});

	test('models/ imports nothing from electron/ or renderer/', () => {
		expect(
			violations((path, _specifier, resolved) =>
				path.startsWith('models/') && resolved !== null && !resolved.startsWith('models/')
					? 'models/ stands alone'
					: null,
			),
		).toEqual([]);
	});

	test('the contract imports only zod, @orpc/contract and models/contract', () => {
		expect(
			violations((path, specifier, resolved) => {
				if (!path.startsWith('electron/contract/')) return null;
				if (resolved === null)
					return ['zod', '@orpc/contract'].includes(specifier) ? null : 'not allowed in the contract';
				return /^(electron|models)\/contract\//.test(resolved) ? null : 'not allowed in the contract';
			}),
		).toEqual([]);
	});

	test('the renderer never uses Node and knows the application only through its contract', () => {
		expect(
			violations((path, specifier, resolved) => {
				if (!path.startsWith('renderer/')) return null;
				if (resolved === null) return specifier.startsWith('node:') ? 'no Node in the renderer' : null;
				return /^(renderer|electron\/contract|models\/contract)\//.test(resolved)
					? null
					: 'only the contract is shared';
			}),
		).toEqual([]);
	});

	test('packages that cross a boundary are imported only in their reserved places', () => {
		expect(
			violations((path, specifier) => {
				const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0];
				const places = name === undefined ? undefined : reserved[name];
				if (places === undefined || places.some((place) => isInside(path, place))) return null;
				return `only ${places.join(', ')} may`;
			}),
		).toEqual([]);
	});

	test('no file imports itself through a cycle, not even for a type', () => {
		const rings = circles(
			new Map([
				['a', ['b']],
				['b', ['c', 'd']],
				['c', ['a']],
				['d', []],
				['e', ['e']],
			]),
		);
		expect(rings).toEqual([['a', 'b', 'c'], ['e']]);
		const files = new Map(
			sources.map(({ path, imports }) => [path, imports.flatMap(({ resolved }) => resolved ?? [])] as const),
		);
		expect(
			circles(files).map((ring) => `${ring.join(', ')}: what two of them share belongs into a third file`),
		).toEqual([]);
	});
});
