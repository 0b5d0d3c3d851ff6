import { defaultSampling } from '../../models/contract/default-sampling.ts';
import type { EngineName } from '../../models/contract/engine-names.ts';
import type { GenerateRequest, GenerationEvent, GenerationResult } from '../../models/contract/generation.ts';
import { defaultLoadOptions, type LoadOptions } from '../../models/contract/load.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import type { Engine } from '../../models/engine.ts';
import type { HeartbeatTimes } from '../../models/runtime/hang-detection.ts';
import {
	createModelRuntime,
	createNodeLauncher,
	type ModelRuntime,
	type RuntimeEvent,
	type WorkerLauncher,
} from '../../models/runtime/runtime.ts';
import type { Script } from '../../models/worker/engine-script.ts';

export interface TestRuntime {
	readonly runtime: ModelRuntime;
	readonly events: RuntimeEvent[];
	readonly log: string[];
	/** Process ids of running workers. */
	workers(): number[];
	/** Loads the scripted model under the key 'model'. */
	load(): Promise<Engine>;
	close(): Promise<void>;
}

/** A runtime whose workers are real processes that play `script`. */
export function scriptedRuntime(script: Script, heartbeat?: HeartbeatTimes): TestRuntime {
	const events: RuntimeEvent[] = [];
	const log: string[] = [];
	const launcher = createNodeLauncher({ env: { ASSAY_ENGINE_SCRIPT: JSON.stringify(script) } });
	const running = new Set<number>();
	const runtime = createModelRuntime({
		launcher: {
			launch(listener) {
				const worker = launcher.launch({
					...listener,
					exit(...exit) {
						running.delete(worker.pid ?? 0);
						listener.exit(...exit);
					},
				});
				if (worker.pid !== undefined) running.add(worker.pid);
				return worker;
			},
		},
		log: (line) => log.push(line),
		checkFile: async () => {},
		...(heartbeat ? { heartbeat } : {}),
	});
	runtime.onEvent((event) => events.push(event));
	return {
		runtime,
		events,
		log,
		workers: () => [...running],
		load: () => runtime.load({ key: 'model', path: '/models/scripted.gguf', options: defaultLoadOptions }),
		close: () => runtime.close(),
	};
}

/** A runtime for one worker whose process the test can inspect. */
export function oneWorkerRuntime(launcher: WorkerLauncher = createNodeLauncher()): {
	readonly runtime: ModelRuntime;
	/** Process id of the last started worker; 0 if none was. */
	pid(): number;
} {
	let pid = 0;
	const runtime = createModelRuntime({
		launcher: {
			launch(listener) {
				const worker = launcher.launch(listener);
				pid = worker.pid ?? 0;
				return worker;
			},
		},
		log: () => {},
	});
	return { runtime, pid: () => pid };
}

/** The load option that chooses an engine. */
export function engineOption(engine: EngineName): Pick<LoadOptions, 'engine'> {
	return engine === 'c-api' ? {} : { engine };
}

/** One thread, as in all tests: the machine is shared. */
export const testLoadOptions: LoadOptions = { ...defaultLoadOptions, threads: 1 };

export function ask(text: string, sampling: Partial<Sampling> = {}): GenerateRequest {
	return {
		turns: [{ role: 'user', content: text }],
		sampling: { ...defaultSampling, ...sampling, seed: sampling.seed ?? 1 },
		cacheKey: 'test',
	};
}

export interface Answer {
	readonly text: string;
	readonly events: readonly GenerationEvent[];
	readonly last: GenerationEvent | undefined;
}

/** Reads an answer to its end; `each` receives every event as it arrives. */
export async function answerOf(
	engine: Engine,
	request: GenerateRequest,
	signal?: AbortSignal,
	each?: (event: GenerationEvent) => void,
): Promise<Answer> {
	const events: GenerationEvent[] = [];
	for await (const event of engine.generate(request, signal)) {
		events.push(event);
		each?.(event);
	}
	const text = events.map((event) => (event.type === 'tokens' ? event.text : '')).join('');
	return { text, events, last: events.at(-1) };
}

/** Returns the figures of a finished answer; fails the test otherwise. */
export function resultOf(answer: Answer): GenerationResult {
	if (answer.last?.type !== 'done') throw new Error(`no result: ${JSON.stringify(answer.last)}`);
	return answer.last.result;
}
