#!/usr/bin/env node
import { join } from 'node:path';
import { runCli } from './cli/program.ts';

process.exitCode = await runCli(process.argv.slice(2), {
	openModels: async (seam, os) => (await import('../api/open-models.ts')).openModels()(seam, os),
	// Two folders above this file in a checkout, and two above dist/cli/ in a build.
	rendererFolder: join(import.meta.dirname, '..', '..', 'dist', 'renderer'),
	streams: process,
});

// Ends a finished command even if something still hangs (a proxy that never answers).
setTimeout(() => process.exit(), 1_000).unref();
