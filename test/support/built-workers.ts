import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import { projectRoot } from '../../scripts/run-step.ts';

/** Set by `npm test`, which builds first: workers then start from dist/, as in the product. */
export const builtWorkersVariable = 'ASSAY_TEST_BUILT_WORKERS';

/** Address of a built worker as an expression that is `undefined` where workers run from source. */
const fromBuild = (path: string): string =>
	`(process.env.${builtWorkersVariable} ? '${pathToFileURL(join(projectRoot, 'dist', path)).href}' : undefined)`;

const ownWorker = /import\.meta\.url\.endsWith\('\.ts'\) \? '\.\/([\w-]+)\.ts' : '\.\/\1\.js'/g;

/**
 * Lets the code under test start its workers and parser processes from dist/. Each test starts many, and one that has to
 * read a few hundred sources first takes three times the CPU time.
 */
export function builtWorkers(): Plugin {
	return {
		name: 'built-workers',
		enforce: 'pre',
		transform(code, id) {
			if (id.endsWith('/models/runtime/launcher.ts')) {
				return code.replace(`['../worker/entry.ts',`, `[${fromBuild('worker/worker.js')} ?? '../worker/entry.ts',`);
			}
			if (id.endsWith('/models/native/process.ts')) {
				return code.replace(`['./entry.ts',`, `[${fromBuild('native/native.js')} ?? './entry.ts',`);
			}
			if (!id.includes('/electron/')) return null;
			return code.replace(ownWorker, (own, name: string) => `${fromBuild(`cli/${name}.js`)} ?? (${own})`);
		},
	};
}
