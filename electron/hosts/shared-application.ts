import { type Application, type ApplicationOptions, createApplication } from '../application/application.ts';
import { keepAwake } from './keep-awake.ts';
import type { OwnedFolder } from './ownership/claim-folder.ts';
import type { ShowAnswer } from './ownership/connect-to-owner.ts';
import type { Listener } from './ownership/listen-for-guests.ts';
import { rpcServer } from './transport/rpc-server.ts';

export interface SharedApplication {
	readonly application: Application;
	/** Waits until no other process uses it any more, or `signal`. New ones are let in until then. */
	retire(signal: AbortSignal, onWait: () => void): Promise<void>;
	/** Turns other processes away, keeps what is being written, and gives the data folder back. */
	close(): Promise<void>;
}

/**
 * Opens the application on a claimed data folder and lets other processes of this user in. Throws what
 * `createApplication` throws; the folder is given back then.
 */
export async function openSharedApplication(
	folder: OwnedFolder,
	options: ApplicationOptions,
	show: () => ShowAnswer,
): Promise<SharedApplication> {
	let application: Application | undefined;
	let listener: Listener;
	try {
		application = await createApplication(options);
		const serve = rpcServer(application.router, options.log);
		listener = await folder.listen({ serve, assayVersion: options.version, show });
	} catch (error) {
		await application?.close();
		folder.release();
		throw error;
	}
	const opened = application;
	const sleepAgain = options.host === 'window' ? () => {} : keepAwake(opened);
	return {
		application: opened,
		retire: (signal, onWait) => listener.retire(signal, onWait),
		close: async () => {
			try {
				await listener.close();
				await opened.close();
				sleepAgain();
			} finally {
				folder.release();
			}
		},
	};
}
