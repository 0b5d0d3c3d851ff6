import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeEach, type TestContext } from 'vitest';
import { type Client, connect } from '../bench/client.ts';
import { type Host, startHost } from '../bench/product.ts';
import { launchBrowser, type PageOptions, type WatchedPage, watchedPage } from './browser.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

export interface StoryOptions {
	/** Script of the scripted engine; without it the real one answers. */
	readonly script?: object;
	/** Prepares the story's folder or data folder before the host starts. */
	readonly prepare?: (folder: string, dataFolder: string) => void;
	/** How long anything may take to appear on the page, ms. */
	readonly timeout?: number;
	readonly page?: PageOptions;
}

/** The built product from outside: its host, a client of it, and a watched page in Chromium. */
export interface Story {
	readonly browser: Browser;
	/** Folder for files of the story, with the data folder in it. Removed with the story. */
	readonly folder: string;
	readonly dataFolder: string;
	readonly host: Host;
	readonly client: Client;
	readonly watched: WatchedPage;
	/** Makes `tiny.gguf` and adds it to the library. */
	addTinyModel(): ReturnType<Client['models']['add']>;
	/** Replaces the page with a new one. */
	openPage(): Promise<Page>;
	/** Ends the host as requested, or as a power cut would, and starts it again. */
	restart(how?: 'ended' | 'killed'): Promise<void>;
	/** Problems of the page so far. */
	faults(): { problems: readonly string[]; foreignRequests: readonly string[] };
	end(): Promise<void>;
}

/**
 * A step that waited in vain leaves the page where the next steps don't expect it: each would wait in vain too, and once
 * more when it is retried. So they are skipped.
 */
function skipAfterTimeout({ task, skip }: TestContext): void {
	const stuck = task.suite?.tasks.find(
		({ result }) => result?.state === 'fail' && result.errors?.some(({ name }) => name?.endsWith('TimeoutError')),
	);
	if (stuck !== undefined && stuck !== task) skip(`"${stuck.name}" waited in vain`);
}
beforeEach(skipAfterTimeout);

/**
 * Starts the host and opens an empty page; the story navigates from there. The tests of a file with a story are its
 * steps: once one of them has timed out, the later ones are skipped.
 */
export async function beginStory(options: StoryOptions = {}): Promise<Story> {
	const { script, prepare, timeout = 15_000 } = options;
	const folder = mkdtempSync(join(tmpdir(), 'assay-story-'));
	const dataFolder = join(folder, 'data');
	prepare?.(folder, dataFolder);
	const start = () =>
		startHost(dataFolder, script === undefined ? {} : { ASSAY_ENGINE_SCRIPT: JSON.stringify(script) });
	let host = await start();
	let connection = await connect(host.url);
	// Titles are written whenever a test pauses for a while; a story that wants them switches them on.
	await connection.client.settings.set({ modelTitles: false });
	const browser = await launchBrowser();

	async function open(): Promise<WatchedPage> {
		const opened = await watchedPage(browser, options.page);
		opened.page.setDefaultTimeout(timeout);
		return opened;
	}
	let watched = await open();

	return {
		browser,
		folder,
		dataFolder,
		get host() {
			return host;
		},
		get client() {
			return connection.client;
		},
		get watched() {
			return watched;
		},
		addTinyModel: () => connection.client.models.add({ path: writeTinyGguf(join(folder, 'tiny.gguf')) }),
		async openPage() {
			await watched.page.context().close();
			watched = await open();
			return watched.page;
		},
		async restart(how = 'ended') {
			connection.close();
			if (how === 'ended') await host.stop();
			else {
				const exit = once(host.process, 'exit');
				host.process.kill('SIGKILL');
				await exit;
			}
			host = await start();
			connection = await connect(host.url);
		},
		faults: () => ({ problems: watched.problems, foreignRequests: watched.foreignRequests }),
		async end() {
			connection.close();
			await browser.close();
			await host.stop();
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

/** The result of `faults` for a story without problems. */
export const noFaults = { problems: [], foreignRequests: [] };
