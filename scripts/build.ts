/** Builds dist/ where a source changed since it was built, as `npm start` does. `npm run build` builds in any case. */
import { buildIfChanged } from './start/build-if-changed.ts';

const builtMs = await buildIfChanged(new AbortController().signal);
process.stdout.write(builtMs === null ? 'Nothing changed\n' : `Built in ${(builtMs / 1000).toFixed(1)} s\n`);
