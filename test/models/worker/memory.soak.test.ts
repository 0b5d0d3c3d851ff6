import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { starterModelPath } from '../../support/starter-model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { answerOften, type CountedWorker, countedWorker } from './memory.ts';

const linux = process.platform === 'linux';

/** Memory of the starter model's worker, bytes; growth is measured against it for the tiny model too. */
const starterBytes = 340e6;

/** Returns the largest growth in bytes after `settled` of `count` short answers, four at once. */
async function growthOver(worker: CountedWorker, count: number, settled: number): Promise<number> {
	onTestFinished(() => worker.close());
	const samples = new Map<number, number>();
	await answerOften(worker.engine, count, 4, (done) => {
		if (done % (count / 20) === 0) samples.set(done, worker.residentBytes());
	});
	process.stdout.write(`MB: ${[...samples.values()].map((bytes) => (bytes / 1e6).toFixed(0)).join(' ')}\n`);
	const after = [...samples].filter(([done]) => done > settled).map(([, bytes]) => bytes);
	return Math.max(...after) - samples.get(settled)!;
}

// Its process is small, so 10 MB, by which V8 lets a heap grow before it collects old objects, are a large fraction of
// it. Growth ends there: 30,000 answers took 145 MB after 3,000, 150 after 9,000 and 144 at the end.
test.skipIf(!linux)(
	'10,000 short answers of a tiny model grow memory by at most 5 % of a small model',
	async () => {
		const worker = await countedWorker(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')), { contextSize: 2048 });
		expect(await growthOver(worker, 10_000, 1000)).toBeLessThan(starterBytes * 0.05);
	},
	900_000,
);

test.skipIf(!linux)(
	'1,000 short answers of the starter model grow memory by at most 5 %',
	async () => {
		const worker = await countedWorker(await starterModelPath(), { contextSize: 2048 });
		expect(await growthOver(worker, 1000, 100)).toBeLessThan(starterBytes * 0.05);
	},
	1_800_000,
);
