import { join } from 'node:path';
import { build } from 'vite';
import { projectRoot } from '../../../scripts/run-step.ts';
import { builtWorkers, builtWorkersVariable } from '../built-workers.ts';

/** Two folders below the project's, from where the program finds its migrations and texts. */
const folder = join(projectRoot, 'node_modules', '.cache');

/** The process of kill tests, bundled; it is there under `npm test`. */
export const bundledProcess = join(folder, 'killable.js');

/**
 * Runs before the unit tests. Kill tests start an application dozens of times: from a bundle, that takes a third of the
 * CPU time that it takes from a few hundred sources.
 */
export default async function setup(): Promise<void> {
	if (process.env[builtWorkersVariable] === undefined) return;
	await build({
		configFile: false,
		root: projectRoot,
		logLevel: 'warn',
		plugins: [builtWorkers()],
		resolve: { conditions: ['node'] },
		ssr: { noExternal: true, external: ['better-sqlite3', 'koffi', 'node-llama-cpp'] },
		build: {
			ssr: true,
			outDir: folder,
			emptyOutDir: false,
			copyPublicDir: false,
			target: 'node24',
			minify: false,
			rolldownOptions: {
				input: { killable: join(import.meta.dirname, 'process.ts') },
				output: { entryFileNames: '[name].js', chunkFileNames: 'killable-[name].js' },
			},
		},
	});
}
