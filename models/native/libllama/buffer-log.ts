/** A buffer that the engine allocated, as its log names it. */
export interface EngineBuffer {
	readonly use: 'weights' | 'kv' | 'state' | 'compute' | 'output';
	/** The engine's buffer type: `CPU`, `CPU_Mapped`, `CPU_REPACK`, `AMX`, `CUDA0`, … */
	readonly type: string;
	/** To a hundredth of a MiB, which is what the log says. */
	readonly bytes: number;
}

const uses = { model: 'weights', KV: 'kv', RS: 'state', compute: 'compute', output: 'output' } as const;

const line = /^\w+:\s+(\S+)\s+(model|KV|RS|compute|output) buffer size =\s*([\d.]+) MiB\s*$/;

/** Reads a line of llama.cpp's log such as "load_tensors:   CPU_REPACK model buffer size =    12.66 MiB"; null for any other. */
export function readBufferLine(text: string): EngineBuffer | null {
	const [, type, name, mebibytes] = line.exec(text) ?? [];
	if (type === undefined || name === undefined) return null;
	return { use: uses[name as keyof typeof uses], type, bytes: Math.round(Number(mebibytes) * 1024 * 1024) };
}

/** Types of buffers that hold a second copy of weights, in a layout of the processor's (ggml-cpu: extra buffer types). */
const ofCopies = /^(CPU_REPACK|AMX|CPU_KLEIDIAI)$/;

/** Sums the second copies of weights, bytes. */
export function copiedBytes(buffers: readonly EngineBuffer[]): number {
	return buffers
		.filter(({ use, type }) => use === 'weights' && ofCopies.test(type))
		.reduce((sum, { bytes }) => sum + bytes, 0);
}
