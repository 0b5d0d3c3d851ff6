import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineNames } from '../../../models/contract/engine-names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { engineOption } from '../../support/worker-runtime.ts';
import { answerOften, countedWorker } from './memory.ts';

test.skipIf(process.platform !== 'linux').each(engineNames)(
	'400 short answers take at most 5 %% more memory than 100 on %s',
	async (name) => {
		const worker = await countedWorker(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')), {
			...engineOption(name),
			contextSize: 2048,
		});
		await answerOften(worker.engine, 100, 4);
		const before = worker.residentBytes();
		await answerOften(worker.engine, 300, 4);
		expect(worker.residentBytes() / before).toBeLessThan(1.05);
		await worker.close();
	},
);
