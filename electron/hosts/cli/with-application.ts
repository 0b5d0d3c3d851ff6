import { Failure } from '../../../models/contract/failure.ts';
import { assayVersion } from '../assay-version.ts';
import { claimDataFolder, type GuestOfFolder, type OwnedFolder } from '../ownership/claim-folder.ts';
import { closeCode } from '../transport/connection.ts';
import { type Client, clientOver } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';

/**
 * Runs `work` with the application: the one that already has the data folder open, or one in this process, which stays
 * until the last process that attached to it is finished.
 */
export async function withApplication<T>(context: CommandContext, work: (client: Client) => Promise<T>): Promise<T> {
	const claim = await claimDataFolder(context.dataFolder, {
		host: 'cli',
		purpose: 'calls',
		signal: context.interrupt.signal,
	});
	return claim.kind === 'guest' ? asGuest(claim, work) : asOwner(claim, context, work);
}

async function asGuest<T>({ connection, owner }: GuestOfFolder, work: (client: Client) => Promise<T>): Promise<T> {
	const lost = new Promise<never>((_, reject) => {
		connection.onClose(() => {
			reject(
				new Failure({
					code: 'application-quit',
					message: `The running Assay (process ${owner.pid}) ended while this command used it`,
					next: ['Run the command again'],
				}),
			);
		});
	});
	// Also when nobody waits for it any more: in the end this side closes the connection.
	lost.catch(() => {});
	try {
		return await Promise.race([work(clientOver(connection)), lost]);
	} finally {
		connection.close(closeCode.normal, 'done');
	}
}

async function asOwner<T>(
	folder: OwnedFolder,
	{ dataFolder, openModels, output, interrupt }: CommandContext,
	work: (client: Client) => Promise<T>,
): Promise<T> {
	// A command that attaches to a running application doesn't need these modules.
	const [{ openSharedApplication }, { programOptions }] = await Promise.all([
		import('../shared-application.ts'),
		import('../program-check.ts'),
	]);
	const owned = await openSharedApplication(
		folder,
		{
			dataFolder,
			host: 'cli',
			version: assayVersion(),
			log: output.log,
			models: openModels,
			...programOptions(),
		},
		() => ({ kind: 'nothing' }),
	);
	try {
		const result = await work(owned.application.client);
		await owned.retire(interrupt.signal, () => output.note('waiting for another assay command using this data folder'));
		return result;
	} finally {
		await owned.close();
	}
}
