import { type BrowserHost, startBrowserHost } from '../../../electron/hosts/browser.ts';
import { FakeApplication } from './fake-application.ts';
import { fakeRouter } from './router.ts';

export interface FakeHost extends BrowserHost {
	readonly fake: FakeApplication;
}

/** Serves a fake application, with the built renderer, through the real browser host. */
export async function serveFake(rendererFolder: string, fake = new FakeApplication(), port = 0): Promise<FakeHost> {
	const host = await startBrowserHost({
		application: { router: fakeRouter(fake) },
		port,
		rendererFolder,
		log: () => {},
	});
	return { ...host, fake };
}
