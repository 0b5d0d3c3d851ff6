import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStaging } from '../../../electron/conversation/import-export/staging.ts';
import { type BrowserHost, startBrowserHost } from '../../../electron/hosts/browser/browser-host.ts';
import { FakeApplication } from './fake-application.ts';
import { fakeRouter } from './router.ts';

export interface FakeHost extends BrowserHost {
	/** An address that opens any number of times: its token is that of a tab. */
	readonly url: string;
	readonly token: string;
	readonly fake: FakeApplication;
}

/** Serves a fake application, with the built renderer, through the real browser host. */
export async function serveFake(
	rendererFolder: string,
	fake = new FakeApplication(),
	port = 0,
	ownName = false,
): Promise<FakeHost> {
	const folder = mkdtempSync(join(tmpdir(), 'assay-fake-'));
	const staging = createStaging(join(folder, 'exchange'), Date.now);
	const token = 'a-token-that-every-tab-of-this-test-has';
	const host = await startBrowserHost({
		application: { router: fakeRouter(fake), staging },
		port,
		rendererFolder,
		tabToken: token,
		...(ownName ? { ownName } : {}),
		log: () => {},
	});
	const close = async (): Promise<void> => {
		await host.close();
		rmSync(folder, { recursive: true, force: true });
	};
	return { ...host, url: `http://127.0.0.1:${host.port}/#token=${token}`, token, close, fake };
}
