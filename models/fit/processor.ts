/** Properties of the processor that decide how the engine lays out weights in main memory. */
export interface Processor {
	/** Instruction sets that the engine uses, by ggml's names: AVX2, AMX_INT8, DOTPROD, … (ggml_backend_cpu_get_features). */
	readonly features: ReadonlySet<string>;
}

/**
 * Parses the engine's description of the processor, e.g. "CPU : SSE3 = 1 | AVX2 = 1 | REPACK = 1 |"
 * (llama_print_system_info). Returns null if the text names no processor.
 */
export function parseSystemInfo(systemInfo: string): Processor | null {
	const section = /\bCPU : ([^:]*)(?=\||$)/.exec(systemInfo)?.[1];
	if (section === undefined) return null;
	const enabled = [...section.matchAll(/(\w+) = (\d+)/g)].filter(([, , value]) => value !== '0');
	return { features: new Set(enabled.map(([, name = '']) => name)) };
}

/**
 * Guesses the processor before the engine has described it. `arch` is `process.arch`; `flags` come from /proc/cpuinfo.
 * Only the engine's build for Linux has a variant for AMX (ggml/src/CMakeLists.txt).
 */
export function assumeProcessor(arch: string, flags: ReadonlySet<string> = new Set()): Processor {
	if (arch === 'arm64') return { features: new Set(['NEON', 'DOTPROD', 'REPACK']) };
	if (arch !== 'x64') return { features: new Set() };
	const avx512 = ['avx512f', 'avx512cd', 'avx512vl', 'avx512dq', 'avx512bw'].every((flag) => flags.has(flag));
	// Features that the variant for Sapphire Rapids requires (ggml-cpu/arch/x86/cpu-feats.cpp).
	const amx = avx512 && ['avx512_vbmi', 'avx512_vnni', 'avx512_bf16', 'amx_int8'].every((flag) => hasFlag(flags, flag));
	return {
		features: new Set(['AVX2', 'REPACK', ...(avx512 ? ['AVX512'] : []), ...(amx ? ['AMX_INT8'] : [])]),
	};
}

/** Linux writes some names without the underscore: avx512vbmi, but avx512_vnni. */
const hasFlag = (flags: ReadonlySet<string>, flag: string): boolean =>
	flags.has(flag) || flags.has(flag.replace('_', ''));
