/**
 * The host of `npm run dev`: the whole application as `assay serve` runs it, from its sources, with a token and a port
 * that stay the same across restarts. Arguments: data folder, port. The token comes from ASSAY_DEV_TOKEN.
 */
import { openModels } from '../../electron/api/open-models.ts';
import { assayVersion } from '../../electron/hosts/assay-version.ts';
import { startBrowserHost } from '../../electron/hosts/browser/browser-host.ts';
import { claimDataFolder } from '../../electron/hosts/ownership/claim-folder.ts';
import { openSharedApplication } from '../../electron/hosts/shared-application.ts';
import { closeCode } from '../../electron/hosts/transport/connection.ts';
import { Failure } from '../../models/contract/failure.ts';
import { untilEnded } from './until-ended.ts';

const [, , dataFolder = '', port = ''] = process.argv;
const token = process.env.ASSAY_DEV_TOKEN ?? '';
let ending = false;

function log(line: string): void {
	// A reloaded page no longer waits for its calls, and calls cut off at the end don't matter.
	if (!ending && !line.includes('AbortError')) process.stderr.write(`[host] ${line}\n`);
}

try {
	const claim = await claimDataFolder(dataFolder, { host: 'browser', purpose: 'calls' });
	if (claim.kind === 'guest') {
		claim.connection.close(closeCode.normal, 'done');
		throw new Failure({
			code: 'data-folder-busy',
			message: `Process ${claim.owner.pid} uses the data folder ${dataFolder}`,
			next: ['Quit it', 'Choose another folder with --data <folder>'],
		});
	}
	const address = `http://127.0.0.1:${port}/#token=${token}`;
	const owned = await openSharedApplication(
		claim,
		{
			dataFolder,
			host: 'browser',
			capabilities: ['server-paths'],
			version: assayVersion(),
			log,
			models: openModels(),
		},
		() => ({ kind: 'address', link: { url: address, fallbackUrl: null }, openerUrl: address }),
	);
	const host = await startBrowserHost({
		application: owned.application,
		port: Number(port),
		tabToken: token,
		// Vite serves the page.
		rendererFolder: '/nowhere',
		log,
	});
	await untilEnded();
	ending = true;
	await host.close();
	await owned.close();
	process.exit(0);
} catch (error) {
	if (error instanceof Failure) log([error.message, ...error.facts().next].join('\n  • '));
	else log(error instanceof Error ? (error.stack ?? error.message) : String(error));
	process.exit(1);
}
