import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remoteFit } from '../../../../electron/library/downloads/remote-fit.ts';
import { needOf } from '../../../../models/fit/fit-verdict.ts';
import { readModelShape } from '../../../../models/fit/model-shape.ts';
import { assumeProcessor } from '../../../../models/fit/processor.ts';
import { readGguf } from '../../../../models/gguf/read-gguf.ts';
import { keysIn } from '../../../../models/hub/remote-header.ts';
import { modelCacheFolder } from '../../../support/starter-model.ts';

const x64 = assumeProcessor('x64');
const room = { totalBytes: 16e9, freeBytes: 8e9 };

/** Returns the first 64 kB, as a hub would send them. */
function startOf(path: string): Buffer {
	const buffer = Buffer.alloc(64 * 1024);
	const handle = openSync(path, 'r');
	try {
		return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, 0));
	} finally {
		closeSync(handle);
	}
}

test.for([
	['SmolLM2-135M-Instruct.Q4_1.gguf', 'Q4_1'],
	['gemma-3-270m-q4_k_m.gguf', 'Q4_K_M'],
])(
	'from the first 64 kB of %s the need is within a tenth of what its whole header says',
	async ([name = '', quantization = ''], context) => {
		const path = join(modelCacheFolder, name);
		if (!existsSync(path)) context.skip(`${path} is not there`);
		const { header, facts } = await readGguf(path);
		const shape = readModelShape(header);
		const fit = remoteFit(
			{ sizeBytes: facts.sizeBytes, quantization, header: await keysIn(startOf(path)), contextLength: null },
			room,
			x64,
		);
		const exact = needOf(
			shape,
			{
				contextSize: fit.contextSize,
				keyType: 'F16',
				valueType: 'F16',
				flashAttention: true,
				mapWeights: true,
				batchSize: 512,
				gpuLayers: 0,
			},
			x64,
		);
		expect(fit.basis).toBe('header');
		expect(Math.abs(fit.neededBytes / exact - 1)).toBeLessThan(0.1);
	},
);

test('without a header the size decides, and larger files need more', () => {
	const need = (gigabytes: number, quantization: string | null) =>
		remoteFit({ sizeBytes: gigabytes * 1e9, quantization, header: null, contextLength: 4096 }, room, x64);
	expect(need(1, 'Q4_K_M')).toMatchObject({ basis: 'size', contextSize: 4096, verdict: 'fits' });
	expect(need(1, 'Q4_K_M').neededBytes).toBeGreaterThan(1e9);
	expect(need(4, 'Q4_K_M').neededBytes).toBeGreaterThan(need(1, 'Q4_K_M').neededBytes * 2);
	expect(need(20, null).verdict).toBe('wont-fit');
});
