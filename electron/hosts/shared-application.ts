import { type Application, type ApplicationOptions, createApplication } from '../application/application.ts';
import { keepAwake } from './keep-awake.ts';
import type { OwnedFolder } from './ownership/claim-folder.ts';
import type { ShowAnswer } from './ownership/connect-to-owner.ts';
import type { Listener } from './ownership/listen-for-guests.ts';
import { rpcServer } from './transport/rpc-server.ts';

export interface SharedApplication {
	readonly application: Application;
	/** Waits until no other process uses it, or for `signal`. Others may still connect until then. */
	retire(signal: AbortSignal, onWait: () => void): Promise<void>;
	/** Disconnects other processes, keeps what is being written, and releases the data folder. */
	close(): Promise<void>;
}

/**
 * Opens the application on a claimed data folder and lets other processes of this user connect. Throws what
 * `createApplication` throws, and then releases the folder.
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
