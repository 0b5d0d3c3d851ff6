import { readFileSync } from 'node:fs';
import { assumeProcessor, type Processor } from '../../../models/fit/processor.ts';

/** Flags of the first processor; none on systems without /proc. */
function processorFlags(): ReadonlySet<string> {
	try {
		const line = /^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
		return new Set(line.split(' '));
	} catch {
		return new Set();
	}
}

let assumed: Processor | null = null;

/** This computer's processor as far as the system tells, for sums that are made before the engine has been asked. */
export function assumeThisProcessor(): Processor {
	assumed ??= assumeProcessor(process.arch, processorFlags());
	return assumed;
}
