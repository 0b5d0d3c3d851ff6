import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Hello } from '../../contract/system/schema.ts';
import { lockFile } from '../../database/file-lock.ts';
import { closeCode } from '../transport/connection.ts';
import { connectToOwner, type OwnerConnection } from './connect-to-owner.ts';
import { type Listener, type ListenOptions, listenForGuests } from './listen-for-guests.ts';
import { type Owner, readOwner, removeOwner } from './owner-file.ts';
import { createPrivateFolder, tightenDataFolder } from './private-folder.ts';

/** This process owns the data folder until `release`, or until it ends. */
export interface OwnedFolder {
	kind: 'owner';
	/**
	 * Lets other processes connect. Close the listener before the application, and the application before `release`.
	 */
	listen(options: ListenOptions): Promise<Listener>;
	release(): void;
}

/** Another process owns the folder and answered. */
export interface GuestOfFolder extends OwnerConnection {
	kind: 'guest';
	owner: Owner;
}

export interface ClaimOptions {
	host: Hello['host'];
	/** Purpose of contacting a running application: to make calls, or to have it show itself. */
	purpose: 'calls' | 'focus';
	/** How long to wait for an owner that is starting or ending, ms. */
	patienceMs?: number;
	/** Ends the wait; the claim then rejects with the signal's reason. */
	signal?: AbortSignal;
}

const defaultPatienceMs = 15_000;
const retryMs = 50;

/**
 * Makes this process the only owner of `dataFolder` (created if missing), or connects to the current owner. Throws
 * Failure `data-folder-unusable`, `data-folder-busy`, `version-mismatch`.
 */
export async function claimDataFolder(dataFolder: string, options: ClaimOptions): Promise<OwnedFolder | GuestOfFolder> {
	const deadline = performance.now() + (options.patienceMs ?? defaultPatienceMs);
	for (;;) {
		const lock = lockFolder(dataFolder);
		if (lock) {
			removeOwner(dataFolder);
			return {
				kind: 'owner',
				listen: (listening) => listenForGuests(dataFolder, options.host, listening),
				release: () => lock.release(),
			};
		}
		const owner = readOwner(dataFolder);
		const answer = owner && (await connectToOwner(owner, options.purpose));
		if (answer && answer.show?.kind === 'leaving') answer.connection.close(closeCode.normal, 'done');
		else if (answer) return { kind: 'guest', owner, ...answer };
		if (performance.now() >= deadline) throw busy(dataFolder, owner);
		await wait(retryMs);
		options.signal?.throwIfAborted();
	}
}

function lockFolder(dataFolder: string): ReturnType<typeof lockFile> {
	try {
		createPrivateFolder(dataFolder);
		const lock = lockFile(join(dataFolder, 'owner.lock'));
		if (lock) tightenDataFolder(dataFolder);
		return lock;
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		throw new Failure(
			{
				code: 'data-folder-unusable',
				message: said`Assay can’t write to its data folder ${dataFolder} (${detail})`,
				next: [
					said`Make the folder writable for your user, or free up disk space`,
					said`Or choose another with --data <folder> or ASSAY_DATA`,
				],
				detail,
			},
			{ cause: error },
		);
	}
}

function busy(dataFolder: string, owner: Owner | null): Failure {
	return new Failure({
		code: 'data-folder-busy',
		message: owner
			? said`Assay (process ${owner.pid}) has the data folder ${dataFolder} open and isn’t responding`
			: said`Another Assay has the data folder ${dataFolder} open and isn’t responding`,
		next: [
			said`Quit it and try again`,
			...(owner ? [said`If it hangs, end process ${owner.pid}`] : []),
			said`Choose another data folder with --data <folder>`,
		],
	});
}
