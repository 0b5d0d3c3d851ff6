import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateFolder } from '../../electron/hosts/ownership/private-folder.ts';
import { starterModelId } from '../../models/download/catalogue.ts';
import { projectRoot } from '../run-step.ts';
import { runChild } from './run-child.ts';

/**
 * Fetches the starter model into a data folder that was never started with, with the progress bar of
 * `assay models pull`. How that went is kept there, so that it happens once: a person who removed the model does not
 * get it again, and one without a network does not wait at each start (the first screen offers it all the same).
 */
export async function fetchStarterOnce(
	dataFolder: string,
	signal: AbortSignal,
	command: string = join(projectRoot, 'dist', 'cli', 'cli.js'),
): Promise<void> {
	const markPath = join(dataFolder, 'starter.json');
	if (existsSync(markPath)) return;
	const args = [command, 'models', 'pull', starterModelId, '--data', dataFolder];
	const { problem } = await runChild(process.execPath, args, { stdio: 'inherit', signal });
	// Interrupted is not tried: the next start goes on where this one was.
	if (signal.aborted) return;
	if (problem !== null) process.stdout.write('Assay starts without it; its first screen offers it again.\n');
	const outcome = { catalogueId: starterModelId, outcome: problem === null ? 'fetched' : 'failed' };
	try {
		createPrivateFolder(dataFolder);
		writeFileSync(markPath, `${JSON.stringify(outcome)}\n`);
	} catch {
		// A data folder that can't be written to is named, with what to do, by the application that starts next.
	}
}
