import type { Llama, LlamaOptions } from 'node-llama-cpp';
import { Failure, type FailureFacts } from '../../contract/failure.ts';
import type { Gpu, GpuBackend } from '../../contract/gpu.ts';
import { said } from '../../contract/said.ts';
import { describeNodeLlamaCpp } from '../../engine-build.ts';
import {
	backendFor,
	backendObstacle,
	buildUnusableFailure,
	type Computer,
	noDeviceFailure,
	thisComputer,
} from '../../native/libllama/choose-backend.ts';

/** node-llama-cpp with its native part loaded, and why the requested GPU is not used. */
export interface NodeLlamaCpp {
	readonly llama: Llama;
	/** Name and version, for people. */
	readonly build: string;
	readonly gpuFailure: FailureFacts | null;
}

type LogLine = (line: string) => void;

function unavailable(error: unknown): Failure {
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'engine-unavailable',
			message: said`node-llama-cpp can’t run on this computer: ${words}`,
			next: [
				said`Install Assay again`,
				said`Check that this is a 64-bit system with a current C library`,
				said`Find the cause: assay doctor`,
			],
			detail: String(error),
		},
		{ cause: error },
	);
}

/** Loads the installed build for this back-end: nothing is downloaded or compiled. */
async function load(backend: GpuBackend | false, maxThreads: number, onLine: LogLine): Promise<Llama> {
	const { getLlama, LlamaLogLevel, LlamaLogLevelGreaterThanOrEqual } = await import('node-llama-cpp');
	const options: LlamaOptions = {
		gpu: backend,
		build: 'never',
		skipDownload: true,
		progressLogs: false,
		maxThreads,
		logLevel: LlamaLogLevel.warn,
		logger(level, message) {
			if (!LlamaLogLevelGreaterThanOrEqual(level, LlamaLogLevel.warn)) return;
			for (const line of message.trim().split('\n')) onLine(line);
		},
	};
	return await getLlama(options);
}

async function described(llama: Llama, gpuFailure: FailureFacts | null): Promise<NodeLlamaCpp> {
	const { getModuleVersion } = await import('node-llama-cpp');
	const build = describeNodeLlamaCpp(await getModuleVersion(), llama.llamaCppRelease.release);
	return { llama, build, gpuFailure };
}

/**
 * Loads node-llama-cpp; if the GPU build can't be used, loads the CPU build and records why. Throws Failure
 * `engine-unavailable`.
 */
export async function openNodeLlamaCpp(
	gpu: Gpu,
	maxThreads: number,
	onLine: LogLine = () => {},
	computer: Computer = thisComputer,
): Promise<NodeLlamaCpp> {
	const onCpu = async (gpuFailure: FailureFacts | null): Promise<NodeLlamaCpp> => {
		try {
			return await described(await load(false, maxThreads, onLine), gpuFailure);
		} catch (error) {
			throw unavailable(error);
		}
	};
	const backend = backendFor(gpu, computer);
	if (backend === null) return await onCpu(null);
	const obstacle = backendObstacle(backend, computer);
	if (obstacle !== null) return await onCpu(obstacle);
	try {
		const llama = await load(backend, maxThreads, onLine);
		return await described(llama, llama.gpu === false ? noDeviceFailure(backend, '') : null);
	} catch (error) {
		return await onCpu(buildUnusableFailure(backend, error));
	}
}
