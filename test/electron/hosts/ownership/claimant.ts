import { setTimeout as wait } from 'node:timers/promises';
import { os } from '@orpc/server';
import { claimDataFolder } from '../../../../electron/hosts/ownership/claim-folder.ts';
import type { ShowAnswer } from '../../../../electron/hosts/ownership/connect-to-owner.ts';
import { rpcServer } from '../../../../electron/hosts/transport/rpc-server.ts';

/**
 * A process that claims the data folder in its first argument and reports on its channel what it became. As owner it
 * answers `whoAreYou` with its process id until it receives `quit`. `ownMs` makes it work that long before it listens,
 * like an application that is migrating.
 */
const [dataFolder, ownMs] = process.argv.slice(2);
const show: ShowAnswer = {
	kind: 'address',
	link: { url: 'http://127.0.0.1:1/#token=t', fallbackUrl: null },
	openerUrl: 'http://127.0.0.1:1/#token=o',
};

try {
	const claim = await claimDataFolder(dataFolder!, { host: 'browser', purpose: 'calls', patienceMs: 3_000 });
	if (claim.kind === 'guest') {
		process.send?.({ became: 'guest', of: claim.owner.pid });
		process.disconnect();
		claim.connection.close(1000, 'done');
	} else {
		await wait(Number(ownMs ?? 0));
		const router = { whoAreYou: os.handler(() => process.pid) };
		const listener = await claim.listen({
			serve: rpcServer(router, () => {}),
			assayVersion: '0.1.0',
			show: () => show,
		});
		process.send?.({ became: 'owner', of: process.pid });
		process.once('message', () => {
			void listener.close().then(() => {
				claim.release();
				process.disconnect();
			});
		});
	}
} catch (error) {
	process.send?.({ became: 'nothing', because: error instanceof Error ? error.message : String(error) });
	process.disconnect();
}
