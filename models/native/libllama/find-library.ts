import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type { GpuBackend } from '../../contract/gpu.ts';
import { said } from '../../contract/said.ts';

/** Location of one build of llama.cpp: its folder (back-ends are loaded from there) and its three libraries. */
export type NativeLibraryFiles = { folder: string; llama: string; ggml: string; ggmlBase: string };

/** Package of @node-llama-cpp/ with the CPU build (Metal on Apple silicon) for a platform. */
const packages: Record<string, string> = {
	'linux-x64': 'linux-x64',
	'linux-arm64': 'linux-arm64',
	'linux-riscv64': 'linux-riscv64',
	'darwin-arm64': 'mac-arm64-metal',
	'darwin-x64': 'mac-x64',
	'win32-x64': 'win-x64',
	'win32-arm64': 'win-arm64',
};

/** Packages with GPU builds; each also contains the CPU back-end. */
const gpuPackages: Readonly<Record<GpuBackend, Readonly<Record<string, string>>>> = {
	cuda: { 'linux-x64': 'linux-x64-cuda', 'win32-x64': 'win-x64-cuda' },
	metal: { 'darwin-arm64': 'mac-arm64-metal' },
	vulkan: { 'linux-x64': 'linux-x64-vulkan', 'win32-x64': 'win-x64-vulkan' },
};

/** Returns whether llama.cpp is built with this back-end for a platform; it may still not be installed. */
export function hasBuildFor(backend: GpuBackend, platform: string, arch: string): boolean {
	return gpuPackages[backend][`${platform}-${arch}`] !== undefined;
}

/**
 * Matched by pattern because file names contain a variant and a version (`libllama.v0.4.0.so`,
 * `llama.vulkan.v0.4.0.dll`).
 */
const patterns = {
	llama: /^(lib)?llama(\.[\w.-]+)?\.(so|dylib|dll)$/,
	ggml: /^(lib)?ggml(\.[\w.-]+)?\.(so|dylib|dll)$/,
	ggmlBase: /^(lib)?ggml-base(\.[\w.-]+)?\.(so|dylib|dll)$/,
};

function missing(message: string, detail?: string): Failure {
	return new Failure({
		code: 'native-library-missing',
		message,
		next: [said`Reinstall Assay (in a checkout: npm ci, without --omit=optional)`],
		...(detail === undefined ? {} : { detail }),
	});
}

/** Picks the three libraries from a folder listing. Throws Failure `native-library-missing` naming the absent one. */
export function pickLibraries(folder: string, names: readonly string[]): NativeLibraryFiles {
	const pick = (what: keyof typeof patterns): string => {
		const name = names.find((candidate) => patterns[what].test(candidate));
		if (name === undefined) throw missing(`The engine's ${what} library is not in ${folder}.`, names.join(', '));
		return join(folder, name);
	};
	return { folder, llama: pick('llama'), ggml: pick('ggml'), ggmlBase: pick('ggmlBase') };
}

/**
 * Finds the libllama that node-llama-cpp ships for this computer, with a GPU back-end if requested. Throws Failure
 * `native-library-missing`.
 */
export function findNativeLibrary(
	platform: string = process.platform,
	arch: string = process.arch,
	resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
	backend: GpuBackend | null = null,
): NativeLibraryFiles {
	const name = (backend === null ? packages : gpuPackages[backend])[`${platform}-${arch}`];
	if (name === undefined) {
		throw missing(`There is no llama.cpp library for ${platform} on ${arch}, so models can't run here.`);
	}
	let folder: string;
	let names: string[];
	try {
		folder = join(dirname(resolve(`@node-llama-cpp/${name}`)), '..', 'bins', name);
		names = readdirSync(folder);
	} catch (error) {
		throw missing(`The package @node-llama-cpp/${name} with llama.cpp's library is not installed.`, String(error));
	}
	return pickLibraries(folder, names);
}
