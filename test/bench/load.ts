import { spawnSync } from 'node:child_process';
import type { Measurement } from './measurement.ts';

/** Drops the file from the system's page cache. Returns false if this system has no tool for that. */
function forget(path: string): boolean {
	const dropped = spawnSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
		stdio: 'ignore',
	});
	return dropped.status === 0;
}

export const load: Measurement = {
	name: 'load',
	about: 'from “load” to loaded with the weights on disk only, against the same with them in the system’s cache',
	unit: 'ms',
	target: null,
	async run(context) {
		const { client, modelFileId } = await context.product();
		const timed = async (): Promise<number> => {
			await client.models.unload({ id: modelFileId });
			await context.settle();
			const from = performance.now();
			await client.models.load({ id: modelFileId });
			return performance.now() - from;
		};
		const values: number[] = [];
		const baselines: number[] = [];
		let cold = true;
		for (let round = -1; round < (context.quick ? 1 : 7); round += 1) {
			cold = forget(context.modelPath) && cold;
			const onDisk = await timed();
			const cached = await timed();
			if (round < 0) continue;
			values.push(onDisk);
			baselines.push(cached);
		}
		return { values, baselines, details: { cold: cold ? 'out of the cache' : 'could not be taken out of the cache' } };
	},
};
