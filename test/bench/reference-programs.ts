import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** llama.cpp's own programs that measurements and goldens are compared with. */
export const programNames = [
	'llama-server',
	'llama-bench',
	'llama-perplexity',
	'llama-quantize',
	'llama-imatrix',
] as const;

/** Where `node scripts/reference-programs.ts` builds them. */
export const referenceFolder = join(import.meta.dirname, '..', '..', '.cache', 'reference-programs');

export function referenceProgram(name: (typeof programNames)[number]): string {
	return join(referenceFolder, 'bin', name);
}

/** null: it has not been built. */
export function builtProgram(name: (typeof programNames)[number]): string | null {
	const path = referenceProgram(name);
	return existsSync(path) ? path : null;
}
