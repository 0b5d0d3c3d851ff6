import { expect, test } from 'vitest';
import { copiedBytes, readBufferLine } from '../../../models/native/libllama/buffer-log.ts';

const mebibytes = (count: number): number => Math.round(count * 1024 * 1024);

test('the engine’s lines about its buffers are read, and no others', () => {
	const lines = [
		"done_getting_tensors: tensor 'token_embd.weight' (q8_0) (and 209 others) cannot be used with preferred buffer type CPU_REPACK, using CPU instead",
		'load_tensors:   CPU_Mapped model buffer size =   235.16 MiB',
		'load_tensors:   CPU_REPACK model buffer size =    12.66 MiB',
		'load_tensors:          AMX model buffer size =     0.50 MiB',
		'llama_context:        CPU  output buffer size =     2.00 MiB',
		'llama_kv_cache:        CPU KV buffer size =     4.59 MiB',
		'llama_memory_recurrent:        CPU RS buffer size =     1.00 MiB',
		'sched_reserve:        CPU compute buffer size =   514.50 MiB',
		'my.gguf: CPU_REPACK model buffer size = 1e9 MiB',
	];
	const buffers = lines.flatMap((line) => readBufferLine(line) ?? []);
	expect(buffers.map(({ use, type }) => `${use} ${type}`)).toEqual([
		'weights CPU_Mapped',
		'weights CPU_REPACK',
		'weights AMX',
		'output CPU',
		'kv CPU',
		'state CPU',
		'compute CPU',
	]);
	expect(buffers.at(0)?.bytes).toBe(mebibytes(235.16));
	expect(copiedBytes(buffers)).toBe(mebibytes(12.66) + mebibytes(0.5));
});
