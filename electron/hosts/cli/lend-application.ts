import { setImmediate } from 'node:timers/promises';
import { assayVersion } from '../assay-version.ts';
import { claimDataFolder } from '../ownership/claim-folder.ts';
import type { SharedApplication } from '../shared-application.ts';
import { closeCode } from '../transport/connection.ts';
import { type Client, clientOver } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';

/** The application for a command that lives as long as the program that started it. */
export interface LentApplication {
	/** Runs `work` with the application: a running one, or one in this process. Several may run at once. */
	lend<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
	/** Waits until nothing is running, then gives it back. */
	close(): Promise<void>;
}

interface Opened {
	readonly client: Client;
	close(): Promise<void>;
}

/**
 * Opens the application at its first use. If it was attached to a running one that
 * ends, it opens another for the next use. If it opened its own, it hands that over as soon as another host wants the
 * data folder and no call is running.
 */
export function lendApplication(context: CommandContext): LentApplication {
	let opened: Promise<Opened> | null = null;
	let closing: Promise<void> = Promise.resolve();
	let uses = 0;
	let idle = Promise.withResolvers<void>();
	idle.resolve();

	/** The next call opens another one, once this one is closed; `first` comes before that. */
	function giveBack(first: Promise<void> = Promise.resolve()): void {
		const ending = opened;
		opened = null;
		closing = Promise.all([closing, first])
			.then(async () => (await ending)?.close())
			.catch(() => {});
	}

	async function open(): Promise<Opened> {
		await closing;
		const claim = await claimDataFolder(context.dataFolder, {
			host: 'cli',
			purpose: 'calls',
			signal: context.interrupt.signal,
		});
		if (claim.kind === 'guest') {
			const { connection } = claim;
			const attached: Opened = {
				client: clientOver(connection),
				close: async () => connection.close(closeCode.normal, 'done'),
			};
			const mine = opened;
			connection.onClose(() => {
				if (opened === mine) opened = null;
			});
			return attached;
		}
		// A command that attaches to a running application doesn't need these modules.
		const [{ openSharedApplication }, { programOptions }] = await Promise.all([
			import('../shared-application.ts'),
			import('../program-check.ts'),
		]);
		const owned: SharedApplication = await openSharedApplication(
			claim,
			{
				dataFolder: context.dataFolder,
				host: 'cli',
				version: assayVersion(),
				log: context.output.log,
				models: context.openModels,
				...programOptions(),
			},
			() => {
				if (uses > 0) return { kind: 'nothing' };
				// The answer goes out first.
				giveBack(setImmediate());
				return { kind: 'leaving' };
			},
		);
		return {
			client: owned.application.client,
			async close() {
				await owned.retire(context.interrupt.signal, () => {});
				await owned.close();
			},
		};
	}

	async function client(): Promise<Client> {
		opened ??= open().catch((error: unknown) => {
			opened = null;
			throw error;
		});
		return (await opened).client;
	}

	return {
		async lend(work) {
			if (uses === 0) idle = Promise.withResolvers<void>();
			uses += 1;
			try {
				return await work(await client());
			} finally {
				uses -= 1;
				if (uses === 0) idle.resolve();
			}
		},
		async close() {
			await idle.promise;
			giveBack();
			await closing;
		},
	};
}
