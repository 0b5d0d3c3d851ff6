/** Builds dist/ if a source changed since the last build, as `npm start` does. `npm run build` always builds. */
import { buildIfChanged } from './start/build-if-changed.ts';

const builtMs = await buildIfChanged(new AbortController().signal);
process.stdout.write(builtMs === null ? 'Nothing changed\n' : `Built in ${(builtMs / 1000).toFixed(1)} s\n`);
