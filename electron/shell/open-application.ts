import { shell } from 'electron';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ApplicationOptions } from '../application/application.ts';
import { claimDataFolder } from '../hosts/ownership/claim-folder.ts';
import { openSharedApplication, type SharedApplication } from '../hosts/shared-application.ts';
import { closeCode } from '../hosts/transport/connection.ts';

/**
 * Opens the application on its data folder. If another process owns the folder, brings that one to the front and
 * returns null. Throws a Failure that names the obstacle.
 */
export async function openApplication(
	options: ApplicationOptions,
	show: () => void,
): Promise<SharedApplication | null> {
	const claim = await claimDataFolder(options.dataFolder, { host: options.host, purpose: 'focus' });
	if (claim.kind === 'owner') {
		return openSharedApplication(claim, options, () => {
			show();
			return { kind: 'focused' };
		});
	}
	claim.connection.close(closeCode.normal, 'done');
	switch (claim.show?.kind) {
		case 'focused':
			return null;
		case 'address':
			await openOwnAddress(claim.show.openerUrl);
			return null;
		case 'nothing':
		case 'leaving':
		case undefined:
			throw new Failure({
				code: 'data-folder-busy',
				message: said`An assay command (process ${claim.owner.pid}) is using the data folder ${options.dataFolder}`,
				next: [
					said`Wait until it finishes or stop it, then try again`,
					said`Or choose another data folder with --data <folder>`,
				],
			});
	}
}

/** The address is another process's word: only one on this computer is opened. */
async function openOwnAddress(url: string): Promise<void> {
	const { protocol, hostname } = new URL(url);
	if (protocol !== 'http:' || !/^(?:127\.0\.0\.1|(?:[\w-]+\.)?localhost)$/.test(hostname)) {
		throw new Error(`not an address of Assay: ${protocol}//${hostname}`);
	}
	await shell.openExternal(url);
}
