import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite';
import { bundleLicences, writeLicences } from './scripts/package/licences.ts';

const root = import.meta.dirname;

/** Not bundled: they hold native code, or are Electron itself, so Node or Electron loads them directly. */
const external = ['electron', 'better-sqlite3', 'koffi', 'node-llama-cpp'];

/** Workers that the main process starts as threads or as parser processes, each from beside the bundle. */
const workers = {
	'reader-worker': 'electron/database/reader-worker.ts',
	'import-export-worker': 'electron/conversation/import-export/import-export-worker.ts',
	'dataset-worker': 'electron/dataset/worker/dataset-worker.ts',
	'server-process-worker': 'electron/context/tools/server-process-worker.ts',
	'scoring-worker': 'electron/evaluation/scorers/scoring-worker.ts',
	'reading-worker': 'electron/conversation/attachment/reading-worker.ts',
	'document-worker': 'electron/context/documents/document-worker.ts',
	'scan-worker': 'electron/library/scan-worker.ts',
	'search-worker': 'electron/context/retrieval/search-worker.ts',
	'watch-worker': 'electron/context/retrieval/watch-worker.ts',
	'comparison-worker': 'electron/comparison/comparison-worker.ts',
};

/**
 * Bundle for Node: `dist/<name>/<entry>.js`, with its chunks flat next to it, because the program finds its files two
 * folders above (migrations/, dist/worker/, dist/renderer/).
 */
function nodeBundle(name: string, entries: Record<string, string>, format: 'es' | 'cjs' = 'es'): EnvironmentOptions {
	const extension = format === 'es' ? 'js' : 'cjs';
	const input = Object.fromEntries(Object.entries(entries).map(([key, path]) => [key, join(root, path)]));
	return {
		consumer: 'server',
		define: { 'process.env.NODE_ENV': '"production"' },
		resolve: { noExternal: true, external, conditions: ['node'] },
		build: {
			outDir: join(root, 'dist', name),
			emptyOutDir: true,
			copyPublicDir: false,
			target: 'node24',
			minify: false,
			sourcemap: true,
			license: { fileName: bundleLicences },
			rolldownOptions: {
				input,
				output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `[name]-[hash].${extension}` },
			},
		},
	};
}

/** KaTeX lists each font in three formats; every browser here can read the first. */
const onlyWoff2: Plugin = {
	name: 'only-woff2',
	enforce: 'pre',
	transform(code, id) {
		if (!/katex[^/]*\.css/.test(id)) return null;
		return code.replaceAll(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\([^)]+\)/g, '');
	},
};

/** What `renderer/main.tsx` imports at once. */
const startsPage =
	/renderer\/(?:messages\/language|connection\/(?:access-token|connection|old-storage|window-bridge|[\w-]+-transport))\.ts$/;

/** `vite build --app` builds everything; `scripts/start.ts` calls it when a source is newer than dist/. */
export default defineConfig({
	root: join(root, 'renderer'),
	// Relative addresses, so that the same files work under http:// and assay://.
	base: './',
	plugins: [onlyWoff2, react(), tailwindcss()],
	environments: {
		client: {
			build: {
				outDir: join(root, 'dist', 'renderer'),
				emptyOutDir: true,
				// Electron 45 is newer than both; an older CSS target rewrites light-dark(), on which the colours
				// depend.
				target: 'chrome140',
				cssTarget: 'chrome140',
				// Small files stay files: the content policy allows no data: fonts or scripts.
				assetsInlineLimit: 0,
				modulePreload: { polyfill: false },
				reportCompressedSize: false,
				// The first page's code is one file: it comes from this computer, so more would only add requests. Kilobytes.
				chunkSizeWarningLimit: 2_000,
				license: { fileName: bundleLicences },
				rolldownOptions: {
					output: {
						// A file for each step: what loads the language before any text is needed, the first page, and
						// what several of the later screens share. The entry is a file of its own, because it waits
						// for the first page, which must not wait for it.
						codeSplitting: {
							groups: [
								{ name: 'start', test: startsPage, priority: 3 },
								{ name: 'page', test: /renderer\/mount\.tsx$/, priority: 2 },
								{ name: 'screens', test: /renderer\/|node_modules\/d3-/, minShareCount: 2, priority: 1 },
							],
						},
					},
				},
			},
		},
		main: nodeBundle('main', { main: 'electron/main.ts', ...workers }),
		preload: nodeBundle('preload', { preload: 'electron/preload.ts' }, 'cjs'),
		worker: nodeBundle('worker', { worker: 'models/worker/entry.ts' }),
		native: nodeBundle('native', { native: 'models/native/entry.ts' }),
		cli: nodeBundle('cli', { cli: 'electron/hosts/cli.ts', ...workers }),
	},
	builder: {
		async buildApp(builder) {
			await Promise.all(Object.values(builder.environments).map((environment) => builder.build(environment)));
			writeLicences(root, ['renderer', 'main', 'preload', 'worker', 'native', 'cli']);
		},
	},
});
