import { Failure } from '../../models/contract/failure.ts';
import { engineBuild } from '../../models/library/engine-build.ts';
import { type NativeRunOptions, runNativeTask } from '../../models/native/run.ts';
import type { EngineFacts } from './model-service.ts';

/** Loads llama.cpp in a process of its own, which the main process must never do, and says how that went. */
export async function probeEngine(options: Pick<NativeRunOptions, 'nodeBinary' | 'entry'> = {}): Promise<EngineFacts> {
	try {
		const { result } = await runNativeTask({ kind: 'check' }, options);
		const gpus = result.devices.filter((device) => !device.startsWith('CPU'));
		return { build: engineBuild, available: true, detail: `${result.engine}: ${result.systemInfo}`, gpus };
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const detail = error instanceof Failure && error.detail !== undefined ? `${message} (${error.detail})` : message;
		return { build: engineBuild, available: false, detail, gpus: [] };
	}
}
