import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../scripts/run-step.ts';
import { allTests, projectOf } from '../../scripts/test/test-files.ts';

const tests = join(projectRoot, 'test');

/**
 * What a test or its helpers hold if it needs a process of its own: it replaces modules, timers or variables of its
 * process, starts commands and kills them, or watches its own memory and lateness. A test that needs one for another
 * reason says so in a comment: "own process".
 */
const signs =
	/\bvi\.|\bprocess\.(?:env\.\w+ =|env = |env\[|on\(|once\(|chdir|umask|setuid|emit|memoryUsage|cpuUsage|resourceUsage)|globalThis\.\w+ =|setFlagsFromString|monitorEventLoopDelay|support\/(?:host-effects|lateness|peak-memory|kill)|startCli|runCliProcess|cliEntry|own process/;

/** A helper that puts back whatever it changes in its process says so with these words. */
const restores = /restores its process/;

/** Lists the unit tests that can share a process one after the other: it imports the program once, not for each file. */
export function sharingTests(): string[] {
	const known = new Map<string, boolean>();

	function needsOwn(file: string): boolean {
		const before = known.get(file);
		if (before !== undefined) return before;
		known.set(file, false);
		const text = readFileSync(file, 'utf8');
		const helpers = Array.from(text.matchAll(/from '(\.[^']+\.tsx?)'/g), ([, path = '']) => join(dirname(file), path));
		const shows = signs.test(text) && !restores.test(text);
		const own = shows || helpers.filter((path) => path.startsWith(tests) && existsSync(path)).some(needsOwn);
		known.set(file, own);
		return own;
	}

	return allTests().filter((test) => projectOf(test) === 'unit' && !needsOwn(join(projectRoot, test)));
}
