import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStaging } from '../../../electron/conversation/import-export/staging.ts';
import { type BrowserHost, startBrowserHost } from '../../../electron/hosts/browser/browser-host.ts';
import { FakeApplication } from './fake-application.ts';
import { fakeRouter } from './router.ts';

export interface FakeHost extends BrowserHost {
	readonly fake: FakeApplication;
}

/** Serves a fake application, with the built renderer, through the real browser host. */
export async function serveFake(rendererFolder: string, fake = new FakeApplication(), port = 0): Promise<FakeHost> {
	const folder = mkdtempSync(join(tmpdir(), 'assay-fake-'));
	const staging = createStaging(join(folder, 'exchange'), Date.now);
	const host = await startBrowserHost({
		application: { router: fakeRouter(fake), staging },
		port,
		rendererFolder,
		log: () => {},
	});
	const close = async (): Promise<void> => {
		await host.close();
		rmSync(folder, { recursive: true, force: true });
	};
	return { ...host, close, fake };
}
