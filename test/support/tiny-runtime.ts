import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../models/contract/engine-names.ts';
import type { LoadOptions } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import { createModelRuntime, createNodeLauncher, type ModelRuntime } from '../../models/runtime/runtime.ts';
import { type TinyGgufOptions, writeTinyGguf } from './tiny-gguf.ts';
import { engineOption, testLoadOptions } from './worker-runtime.ts';

export interface TinyRuntime {
	readonly runtime: ModelRuntime;
	readonly folder: string;
	/** Writes a tiny model and loads it, with one thread. */
	loadTiny(gguf?: TinyGgufOptions, options?: Partial<LoadOptions>): Promise<Engine>;
	/** Loads any file, with one thread. */
	loadFile(path: string, options?: Partial<LoadOptions>): Promise<Engine>;
	close(): Promise<void>;
}

/**
 * A runtime for llama.cpp on models that the test writes itself. `checkFile: false` skips the header check; `engine`
 * answers.
 */
export function tinyRuntime({
	checkFile = true,
	engine = 'c-api',
}: {
	checkFile?: boolean;
	engine?: EngineName;
} = {}): TinyRuntime {
	const folder = mkdtempSync(join(tmpdir(), 'assay-tiny-'));
	const runtime = createModelRuntime({
		launcher: createNodeLauncher(),
		log: () => {},
		...(checkFile ? {} : { checkFile: async () => {} }),
	});
	let files = 0;
	const loadFile = (path: string, options: Partial<LoadOptions> = {}): Promise<Engine> =>
		runtime.load({ key: path, path, options: { ...testLoadOptions, ...engineOption(engine), ...options } });
	return {
		runtime,
		folder,
		loadFile,
		loadTiny(gguf = {}, options = {}) {
			files += 1;
			return loadFile(writeTinyGguf(join(folder, `tiny-${files}.gguf`), gguf), options);
		},
		async close() {
			await runtime.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
