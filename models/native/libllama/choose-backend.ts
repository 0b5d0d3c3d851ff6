import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type FailureFacts } from '../../contract/failure.ts';
import type { Gpu, GpuBackend } from '../../contract/gpu.ts';
import { said } from '../../contract/said.ts';
import { hasBuildFor } from './find-library.ts';

/** Facts about a computer that decide which build of llama.cpp to load. */
export interface Computer {
	readonly platform: string;
	readonly arch: string;
	readonly exists: (path: string) => boolean;
}

export const thisComputer: Computer = { platform: process.platform, arch: process.arch, exists: existsSync };

export const backendNames: Readonly<Record<GpuBackend, string>> = { cuda: 'CUDA', metal: 'Metal', vulkan: 'Vulkan' };

/** Files that a driver installs: without any of them, a back-end can't work. */
const driverFiles: Readonly<Record<GpuBackend, Readonly<Record<string, readonly string[]>>>> = {
	cuda: {
		linux: ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'],
		win32: [inSystem('nvcuda.dll')],
	},
	metal: {},
	vulkan: { linux: ['/dev/dri', '/dev/nvidiactl'], win32: [inSystem('vulkan-1.dll')] },
};

function inSystem(name: string): string {
	return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', name);
}

function hasDriver(backend: GpuBackend, { platform, exists }: Computer): boolean {
	return driverFiles[backend][platform]?.some(exists) ?? true;
}

/**
 * Returns why a back-end can't work on this computer, as far as is known without loading it (CUDA's build has 160 MB).
 */
export function backendObstacle(backend: GpuBackend, computer: Computer = thisComputer): FailureFacts | null {
	const { platform, arch } = computer;
	const name = backendNames[backend];
	if (!hasBuildFor(backend, platform, arch)) {
		return unavailable(backend, `llama.cpp has no ${name} build for ${platform} on ${arch}.`, []);
	}
	if (hasDriver(backend, computer)) return null;
	return unavailable(backend, `No driver for ${name} was found on this computer.`, [drivers[backend]]);
}

/** Returns the back-end to try. 'auto' never chooses Vulkan, which also responds on computers without a GPU. */
export function backendFor(gpu: Gpu, computer: Computer = thisComputer): GpuBackend | null {
	if (gpu !== 'auto') return gpu === 'cpu' ? null : gpu;
	return (['metal', 'cuda'] as const).find((backend) => backendObstacle(backend, computer) === null) ?? null;
}

const drivers: Readonly<Record<GpuBackend, string>> = {
	cuda: 'Install or update the NVIDIA driver',
	metal: 'Update macOS',
	vulkan: 'Install or update the driver of the graphics card',
};

function unavailable(backend: GpuBackend, cause: string, next: readonly string[], detail?: string): FailureFacts {
	return new Failure({
		code: 'gpu-unavailable',
		message: cause,
		next: [...next, said`Choose another device than ${backendNames[backend]} under “Runs on”`],
		...(detail === undefined || detail === '' ? {} : { detail }),
	}).facts();
}

/** Explains why the GPU build could not be used at all. */
export function buildUnusableFailure(backend: GpuBackend, error: unknown): FailureFacts {
	const name = backendNames[backend];
	const detail = error instanceof Failure ? `${error.message} ${error.detail ?? ''}`.trim() : String(error);
	return error instanceof Failure && error.code === 'native-library-missing'
		? unavailable(
				backend,
				`The ${name} build is not part of this installation.`,
				['Install Assay again with its optional parts'],
				detail,
			)
		: unavailable(backend, `The ${name} build can't be loaded.`, [drivers[backend]], detail);
}

/** Explains that the GPU build is loaded but reports no GPU. */
export function noDeviceFailure(backend: GpuBackend, log: string): FailureFacts {
	const cause = `${backendNames[backend]} found no GPU that it can use.`;
	return unavailable(backend, cause, [drivers[backend]], log);
}
