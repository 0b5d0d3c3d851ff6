import { Failure } from '../../models/contract/failure.ts';
import type { GpuBackend } from '../../models/contract/gpu.ts';
import type { NativeResults } from '../../models/contract/native/tasks.ts';
import { engineBuild } from '../../models/engine-build.ts';
import { parseSystemInfo } from '../../models/fit/processor.ts';
import { type NativeRunOptions, runNativeTask } from '../../models/native/run-task.ts';
import type { EngineCheck } from '../../models/runtime/runtime.ts';
import type { ComputeDevice } from '../contract/library/schema.ts';
import type { EngineFacts, ProbeRequest } from './model-service.ts';

type Check = NativeResults['check'];
type RunOptions = Pick<NativeRunOptions, 'nodeBinary' | 'entry'>;

const names: Readonly<Record<GpuBackend, string>> = { cuda: 'CUDA', metal: 'Metal', vulkan: 'Vulkan' };

function devicesIn({ gpus }: Check, kind: GpuBackend): ComputeDevice[] {
	return gpus
		.filter(({ backend }) => backend === kind)
		.map(({ description, totalBytes, freeBytes }) => ({
			kind,
			name: description,
			memoryBytes: totalBytes,
			freeBytes,
		}));
}

/**
 * Returns, for every kind of GPU with a llama.cpp back-end, its devices or why there are none. Loads each back-end that
 * may work in its own process.
 */
async function everyGpu(first: Check, check: (gpu: GpuBackend) => Promise<Check>): Promise<ComputeDevice[]> {
	const found: ComputeDevice[] = [];
	for (const { backend: kind, failure } of first.obstacles) {
		const absent = (why: string): ComputeDevice => ({ kind, name: names[kind], memoryBytes: null, absent: why });
		if (failure !== null) {
			found.push(absent(failure.message));
			continue;
		}
		const known = devicesIn(first, kind);
		try {
			const answer = known.length > 0 ? first : await check(kind);
			const devices = devicesIn(answer, kind);
			found.push(...(devices.length > 0 ? devices : [absent(answer.gpuFailure?.message ?? 'It reports no GPU.')]));
		} catch (error) {
			found.push(absent(error instanceof Error ? error.message : String(error)));
		}
	}
	return found;
}

/**
 * Loads llama.cpp in its own process, which the main process must never do, and reports the result. If its C API can't
 * be used, `checkEngine` finds out which engine a model would be loaded with.
 */
export async function probeEngine({
	everyGpu: every = false,
	checkEngine,
	...options
}: ProbeRequest & RunOptions & { readonly checkEngine?: () => Promise<EngineCheck> } = {}): Promise<EngineFacts> {
	const check = async (gpu: 'auto' | GpuBackend): Promise<Check> =>
		(await runNativeTask<'check'>({ kind: 'check', gpu }, options)).result;
	try {
		const first = await check('auto');
		const gpus = first.devices.filter((device) => !device.startsWith('CPU'));
		const facts = {
			build: engineBuild,
			available: true,
			detail: `${first.engine}: ${first.systemInfo}`,
			gpus,
			processor: parseSystemInfo(first.systemInfo),
		};
		return every ? { ...facts, found: await everyGpu(first, check) } : facts;
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const detail = error instanceof Failure && error.detail !== undefined ? `${message} (${error.detail})` : message;
		const other = await checkEngine?.().catch(() => null);
		if (other?.name !== 'node-llama-cpp') {
			return { build: engineBuild, available: false, detail, gpus: [] };
		}
		const { name, build, failure } = other;
		const facts = { build, name, available: true, detail, gpus: [] };
		return failure === null ? facts : { ...facts, failure };
	}
}
