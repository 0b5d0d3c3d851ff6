import { readFileSync } from 'node:fs';
import { assumeProcessor, type Processor } from '../../../models/fit/processor.ts';

/** Returns the flags of the first processor; none on systems without /proc. */
function processorFlags(): ReadonlySet<string> {
	try {
		const line = /^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
		return new Set(line.split(' '));
	} catch {
		return new Set();
	}
}

let assumed: Processor | null = null;

/** Guesses this computer's processor from the system, for estimates made before the engine has described it. */
export function assumeThisProcessor(): Processor {
	assumed ??= assumeProcessor(process.arch, processorFlags());
	return assumed;
}
