import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateFolder } from '../../electron/hosts/ownership/private-folder.ts';
import { starterModelId } from '../../models/download/catalogue.ts';
import { projectRoot } from '../run-step.ts';
import { runChild } from './run-child.ts';

/**
 * Fetches the starter model into a data folder at its first start, with the progress bar of `assay models pull`.
 * Records the outcome there, so that it happens once: users who removed the model don't get it again, and users without
 * a network don't wait at each start (the first screen still offers it).
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
	// An interrupted download does not count as an attempt: the next start resumes it.
	if (signal.aborted) return;
	if (problem !== null) process.stdout.write('Assay starts without it; its first screen offers it again.\n');
	const outcome = { catalogueId: starterModelId, outcome: problem === null ? 'fetched' : 'failed' };
	try {
		createPrivateFolder(dataFolder);
		writeFileSync(markPath, `${JSON.stringify(outcome)}\n`);
	} catch {
		// The application that starts next reports a read-only data folder and says what to do.
	}
}
