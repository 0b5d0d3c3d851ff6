/**
 * `node scripts/reference-programs.ts`: builds llama.cpp's own programs, to compare with, from the source that
 * node-llama-cpp ships, and links them with the libraries that it ships. They then run the same kernels as Assay does,
 * which a whole build of llama.cpp does not. Ten minutes on two cores, once; needs git, cmake and a C++ compiler, on
 * Linux or macOS. They are in .cache/reference-programs/bin, where `npm run bench` finds them.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { findNativeLibrary } from '../models/native/libllama/find-library.ts';
import { programNames, referenceFolder, referenceProgram } from '../test/bench/reference-programs.ts';
import { runStep } from './run-step.ts';

const source = join(referenceFolder, 'llama.cpp');
const build = join(referenceFolder, 'build');

function fail(message: string): never {
	process.stderr.write(`${message}\n`);
	process.exit(1);
}

/** Checks that a program loads the shipped libraries, and nothing of the same names from elsewhere. */
function checkLibraries(program: string, shipped: string): void {
	const loaded = execFileSync('ldd', [program], { encoding: 'utf8' })
		.split('\n')
		.map((line) => /lib(?:llama|ggml)\S* => (\S+)/.exec(line)?.[1])
		.filter((path) => path !== undefined);
	const foreign = loaded.filter((path) => dirname(realpathSync(path)) !== shipped);
	if (loaded.length < 2 || foreign.length > 0) fail(`${program} loads other libraries: ${loaded.join(', ')}`);
}

if (process.platform === 'win32') {
	fail('node-llama-cpp ships no import libraries for Windows, so the programs can’t be linked there.');
}
// The real folder, because node_modules may hold a link.
const shipped = realpathSync(findNativeLibrary().folder);
mkdirSync(referenceFolder, { recursive: true });
if (!existsSync(source)) {
	// The package exports its entry, dist/index.js, but not its package.json.
	const engine = dirname(dirname(createRequire(import.meta.url).resolve('node-llama-cpp')));
	runStep('source of llama.cpp', 'git', ['clone', '--quiet', join(engine, 'llama', 'gitRelease.bundle'), source]);
}
copyFileSync(join(import.meta.dirname, 'reference-programs', 'CMakeLists.txt'), join(source, 'CMakeLists.txt'));
runStep('configuration', 'cmake', [
	...['-S', source, '-B', build, '-DCMAKE_BUILD_TYPE=Release'],
	`-DSHIPPED_LIBRARIES=${shipped}`,
	`-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${dirname(referenceProgram('llama-server'))}`,
]);
runStep('programs', 'cmake', [
	...['--build', build, '--parallel', String(availableParallelism())],
	...['--target', ...programNames],
]);
// llama.cpp looks for the back-ends of processors beside the program.
const programs = dirname(referenceProgram('llama-server'));
for (const name of readdirSync(shipped).filter((file) => /^lib.*\.(so|dylib)$/.test(file))) {
	rmSync(join(programs, name), { force: true });
	symlinkSync(join(shipped, name), join(programs, name));
}
for (const name of programNames) {
	const program = referenceProgram(name);
	if (process.platform === 'linux') checkLibraries(program, shipped);
	process.stdout.write(`${program}\n`);
}
