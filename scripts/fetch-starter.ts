/**
 * Fetches the starter model (SmolLM2-135M-Instruct, 98 MB), which tests and measurements talk to, into the cache that
 * they share. Does nothing if it is there already. `ASSAY_MODEL_CACHE` names another folder.
 */

import { formatBytes } from '../electron/text/format-bytes.ts';
import { Failure } from '../models/contract/failure.ts';
import { modelCacheFolder, starterModelPath } from '../test/support/starter-model.ts';

const onTerminal = process.stdout.isTTY === true;
let stage = '';

try {
	const path = await starterModelPath((progress) => {
		const percent = Math.floor((progress.receivedBytes / progress.totalBytes) * 100);
		const left = progress.secondsLeft === null ? '' : `, ${Math.ceil(progress.secondsLeft)} s left`;
		const line = `${progress.stage} ${percent} % of ${formatBytes(progress.totalBytes)}${left}`;
		if (onTerminal) process.stdout.write(`\r\x1b[K${line}`);
		else if (progress.stage !== stage) process.stdout.write(`${line}\n`);
		stage = progress.stage;
	});
	process.stdout.write(`${onTerminal && stage !== '' ? '\n' : ''}${path}\n`);
} catch (error) {
	if (!(error instanceof Failure)) throw error;
	process.stderr.write(`${error.message}\n`);
	for (const step of error.next) process.stderr.write(`  - ${step}\n`);
	process.stderr.write(`The tests look for it in ${modelCacheFolder}.\n`);
	process.exitCode = 1;
}
