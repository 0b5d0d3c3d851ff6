import { join } from 'node:path';
import { runNativeTask } from '../../models/native/run-task.ts';
import { measurePeak, peakObstacle } from '../support/peak-memory.ts';
import { secondModelPath } from '../support/second-model.ts';
import type { Measurement } from './measurement.ts';

const contexts = [512, 2048, 8192];

export const estimate: Measurement = {
	name: 'estimate',
	about: 'estimated against measured peak memory, the largest error over files and context sizes',
	unit: '%',
	target: { of: 'value', relation: 'at-most', limit: 10 },
	async run(context) {
		if (peakObstacle !== null) throw new Error(peakObstacle);
		const starter = context.modelPath;
		const f16 = join(context.folder, 'estimate-f16.gguf');
		const q8 = join(context.folder, 'estimate-q8.gguf');
		const quantise = (input: string, type: 'F16' | 'Q8_0', path: string) =>
			runNativeTask({
				kind: 'quantize',
				input,
				outputs: [{ type, path }],
				allowRequantize: true,
				threads: context.cores,
			});
		await quantise(starter, 'F16', f16);
		await quantise(f16, 'Q8_0', q8);
		const second = await secondModelPath();
		const files = [
			{ name: 'starter', path: starter },
			{ name: 'F16', path: f16 },
			{ name: 'Q8_0', path: q8 },
			...(second === null ? [] : [{ name: 'Gemma 3 270M', path: second }]),
		];
		const values: number[] = [];
		const details: Record<string, string> =
			second === null ? { second: 'not there: ASSAY_SECOND_MODEL=1 fetches it' } : {};
		for (const { name, path } of files) {
			for (const contextSize of context.quick ? contexts.slice(1, 2) : contexts) {
				const { estimated, measured, error } = await measurePeak(path, { contextSize });
				values.push(Math.abs(error) * 100);
				details[`${name} at ${contextSize}`] =
					`${(estimated / 1e6).toFixed(0)} MB estimated, ${(measured / 1e6).toFixed(0)} MB measured`;
			}
		}
		return { values, baselines: [], summary: 'max', details };
	},
};
