import { fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import type { BenchContext, Measurement } from '../measurement.ts';

interface Said {
	readonly peakBytes: number;
	readonly beforeBytes: number;
	readonly longestBlockMs: number;
	readonly longestWorkMs: number;
	readonly seconds: number;
	readonly shown: number;
	readonly compareMs: number;
}

const taken = new Map<BenchContext, Promise<Said>>();

const root = join(import.meta.dirname, '../../..');
/** Inside node_modules, for the packages that the bundle leaves out, and two folders below the migrations. */
const bundleFolder = join(root, 'node_modules/.assay-bench');

/** Bundles the host as it ships, in one file with its threads next to it: run from source, it takes 60 MB more. */
async function bundledHost(): Promise<string> {
	const thread = (name: string, path: string) => ({ [name]: join(root, path) });
	await build({
		configFile: false,
		logLevel: 'error',
		ssr: { noExternal: true, external: ['better-sqlite3', 'koffi', 'node-llama-cpp'] },
		build: {
			ssr: true,
			outDir: bundleFolder,
			emptyOutDir: true,
			rollupOptions: {
				input: {
					host: join(import.meta.dirname, 'host-process.ts'),
					...thread('reader-worker', 'electron/database/reader-worker.ts'),
					...thread('scoring-worker', 'electron/evaluation/scorers/scoring-worker.ts'),
					...thread('dataset-worker', 'electron/dataset/worker/dataset-worker.ts'),
					...thread('import-export-worker', 'electron/conversation/import-export/import-export-worker.ts'),
				},
				output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
			},
		},
	});
	return join(bundleFolder, 'host.js');
}

/** Runs 10,000 samples × 4 combinations in a separate host, once: both measurements read the same run. */
function hostRun(context: BenchContext): Promise<Said> {
	const known = taken.get(context);
	if (known !== undefined) return known;
	const run = takeRun(context);
	taken.set(context, run);
	return run;
}

async function takeRun(context: BenchContext): Promise<Said> {
	const folder = join(context.folder, 'evaluation-host');
	const samples = context.quick ? 500 : 10_000;
	const child = fork(await bundledHost(), [folder, String(samples)], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	try {
		return await new Promise((resolve, reject) => {
			child.on('message', (message) => resolve(message as Said));
			child.on('error', reject);
			child.on('exit', (code) => reject(new Error(`the host ended with code ${code}`)));
		});
	} finally {
		await rm(bundleFolder, { recursive: true, force: true });
	}
}

function details({ seconds, shown, compareMs, beforeBytes, longestBlockMs }: Said) {
	return { seconds, looksOfAPage: shown, compareMs, beforeMB: beforeBytes / 1e6, longestBlockMs };
}

export const evalHostMemory: Measurement = {
	name: 'eval-host-memory',
	about: 'most memory of the host while 10,000 samples × 4 combinations are measured and a page watches',
	unit: 'MB',
	target: { of: 'value', relation: 'at-most', limit: 300 },
	async run(context) {
		const said = await hostRun(context);
		return { values: [said.peakBytes / 1e6], baselines: [], details: details(said) };
	},
};

export const evalHostBlock: Measurement = {
	name: 'eval-host-block',
	about: 'longest piece of work of the main thread meanwhile, in which it answers nothing',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 50 },
	async run(context) {
		const said = await hostRun(context);
		return { values: [said.longestWorkMs], baselines: [], details: details(said), summary: 'max' };
	},
};
