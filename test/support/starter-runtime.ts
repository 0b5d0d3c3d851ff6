import { readFileSync } from 'node:fs';
import type { EngineName } from '../../models/contract/engine-names.ts';
import type { LoadOptions } from '../../models/contract/load.ts';
import type { Engine } from '../../models/engine.ts';
import { createModelRuntime, createNodeLauncher, type ModelRuntime } from '../../models/runtime/runtime.ts';
import { starterModelPath } from './starter-model.ts';
import { engineOption, testLoadOptions } from './worker-runtime.ts';

export interface StarterRuntime {
	readonly runtime: ModelRuntime;
	/** Loads the starter model into a separate worker, with one thread by default. */
	load(key: string, options?: Partial<LoadOptions>): Promise<Engine>;
	/** Processor time of the oldest worker, ms; null if the system does not report it. */
	cpuMs(): number | null;
	close(): Promise<void>;
}

export function starterRuntime(engine: EngineName = 'c-api'): StarterRuntime {
	const pids: number[] = [];
	const launcher = createNodeLauncher();
	const runtime = createModelRuntime({
		launcher: {
			launch(listener) {
				const worker = launcher.launch(listener);
				if (worker.pid !== undefined) pids.push(worker.pid);
				return worker;
			},
		},
		log: () => {},
	});
	return {
		runtime,
		async load(key, options = {}) {
			const path = await starterModelPath();
			return await runtime.load({
				key,
				path,
				options: { ...testLoadOptions, ...engineOption(engine), ...options },
			});
		},
		cpuMs() {
			const [pid] = pids;
			if (process.platform !== 'linux' || pid === undefined) return null;
			// Fields 14 and 15 of stat, user and system time in 10 ms, counted after the name, which may hold spaces.
			const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
				.replace(/^.*\) /s, '')
				.split(' ');
			return (Number(fields[11]) + Number(fields[12])) * 10;
		},
		close: () => runtime.close(),
	};
}
