import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, toolEnvironment } from '../run-step.ts';
import { runChild } from './run-child.ts';

/** Everything that ends up in a bundle or affects how bundles are built. */
const sourceFolders = ['electron', 'models', 'renderer'];
const sourceFiles = ['vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];

const bundles = [
	'main/main.js',
	'preload/preload.cjs',
	'worker/worker.js',
	'native/native.js',
	'cli/cli.js',
	'renderer/index.html',
];

/** Hashes the content of every source: a fresh checkout or a switched branch changes file times but not contents. */
export function sourceHash(root: string): string {
	const hash = createHash('sha256');
	const nested = sourceFolders.flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name)),
	);
	for (const path of [...sourceFiles.map((file) => join(root, file)), ...nested.sort()]) {
		hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
	}
	return hash.digest('hex');
}

/** Explains why dist/ of `root` does not match its sources, in a sentence with the way out; null if it matches. */
export function buildFault(root: string): string | null {
	const why = faultOf(root, sourceHash(root));
	return why === null ? null : `${why}: run node scripts/build.ts`;
}

function faultOf(root: string, hash: string): string | null {
	const missing = bundles.find((bundle) => !existsSync(join(root, 'dist', bundle)));
	if (missing !== undefined) return `dist/${missing} is not built`;
	const mark = markOf(root);
	return existsSync(mark) && readFileSync(mark, 'utf8') === hash
		? null
		: 'dist/ was built from other sources than these';
}

/** Path of the file that holds the hash of the sources that the bundles were built from. */
function markOf(root: string): string {
	return join(root, 'dist', '.built-from');
}

/**
 * Builds the bundles if a source changed since the last build. Returns how long that took in ms, or null if there was
 * nothing to do; throws with the builder's output.
 */
export async function buildIfChanged(signal: AbortSignal): Promise<number | null> {
	const markPath = markOf(projectRoot);
	const hash = sourceHash(projectRoot);
	if (faultOf(projectRoot, hash) === null) return null;

	const started = performance.now();
	mkdirSync(join(projectRoot, 'dist'), { recursive: true });
	// An interrupted build must not count as finished.
	rmSync(markPath, { force: true });
	let output = '';
	const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
	const { problem } = await runChild(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], {
		cwd: projectRoot,
		env: toolEnvironment,
		stdio: ['ignore', 'pipe', 'pipe'],
		signal,
		onStart: (child) => {
			for (const stream of [child.stdout, child.stderr]) {
				stream?.on('data', (chunk: Buffer) => {
					output += chunk.toString();
				});
			}
		},
	});
	signal.throwIfAborted();
	if (problem !== null) throw new Error(`the build failed (${problem}):\n${output.trim()}`);
	writeFileSync(markPath, hash);
	return performance.now() - started;
}
