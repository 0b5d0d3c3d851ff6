import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app } from 'electron';
import { failureFacts } from '../models/contract/failure.ts';
import { openModels } from './api/open-models.ts';
import { assayVersion } from './hosts/assay-version.ts';
import { chooseDataFolder } from './hosts/data-folder.ts';
import { mcpCommand } from './hosts/mcp-command.ts';
import { examineProgram, verifyProgram } from './hosts/program-check.ts';
import type { SharedApplication } from './hosts/shared-application.ts';
import { rpcServer } from './hosts/transport/rpc-server.ts';
import { chooseUpdates } from './shell/choose-updates.ts';
import { confinePages } from './shell/confine-pages.ts';
import { showFailure } from './shell/dialogs.ts';
import { openLog } from './shell/log-file.ts';
import { followLongWork } from './shell/long-work.ts';
import { installMenu } from './shell/menu.ts';
import { openApplication } from './shell/open-application.ts';
import { answerPageCalls } from './shell/page-calls.ts';
import { registerScheme, serveRenderer } from './shell/page-protocol.ts';
import { programPaths } from './shell/program-files.ts';
import { quitInOrder } from './shell/quit.ts';
import { refuseFlags } from './shell/refused-flags.ts';
import { knownPaths } from './shell/reveal-file.ts';
import { followTheme } from './shell/theme.ts';
import { createAppWindow } from './shell/window.ts';

/** Electron's entry: sets up the window step by step. */
async function start(): Promise<void> {
	const dataFolder = chooseDataFolder(askedDataFolder());
	keepEverythingIn(dataFolder);
	// The first instance is notified and shows itself.
	if (!app.requestSingleInstanceLock()) return app.quit();

	const log = openLog(dataFolder);
	const files = programPaths();
	const window = createAppWindow({ preload: files.preload, dataFolder, log, onShown: tellStarter });
	const { packed } = files;
	async function open(): Promise<SharedApplication | null> {
		if (packed !== null) await verifyProgram(packed, join(dataFolder, 'program-verified'), log);
		return openApplication(
			{
				dataFolder,
				host: 'window',
				capabilities: ['file-dialog', 'reveal-file', 'server-paths'],
				version: assayVersion(),
				log,
				models: openModels(files),
				readerEntry: files.readerEntry,
				nodeBinary: files.nodeBinary,
				mcpCommand: mcpCommand(dataFolder, files.nodeBinary, files.commandLine),
				...(packed === null ? {} : { examineProgram: () => examineProgram(packed) }),
				updates: chooseUpdates(files, dataFolder, log),
			},
			window.show,
		);
	}
	const [owned] = await Promise.all([open(), app.whenReady()]);
	if (!owned) return app.quit();

	const { application } = owned;
	quitInOrder(owned.close, log);
	confinePages(log);
	serveRenderer(files.rendererFolder);
	answerPageCalls(
		window.current,
		rpcServer(application.router, log),
		application.staging.isExport,
		() => knownPaths(application.client, dataFolder),
		log,
	);
	await installMenu(application, window, dataFolder, log);
	await followTheme(application, window.current, log);
	followLongWork(application, window, log);
	app.on('second-instance', window.show);
	app.on('activate', window.show);
	window.show();
}

/** Reads `--data` from among the switches of Electron and Chromium. */
function askedDataFolder(): string | undefined {
	return parseArgs({ options: { data: { type: 'string' } }, strict: false, allowPositionals: true }).values.data as
		| string
		| undefined;
}

/** Moves Chromium's own caches there too, so that one folder holds everything Assay stores. */
function keepEverythingIn(dataFolder: string): void {
	const chromium = join(dataFolder, 'chromium');
	try {
		mkdirSync(chromium, { recursive: true, mode: 0o700 });
		app.setPath('userData', dataFolder);
		app.setPath('sessionData', chromium);
	} catch {
		// Opening the application in that folder fails next, and tells the user why.
	}
}

/** `npm start` waits for this; without it, it serves the app to the browser instead. */
function tellStarter(): void {
	process.send?.('shown');
}

/** Shows why Assay can't start, on the terminal too, and ends the process. */
function giveUp(error: unknown, code: number): void {
	const failure = failureFacts(error);
	process.stderr.write(`${[failure.message, ...failure.next].join('\n')}\n`);
	tellStarter();
	showFailure(failure);
	app.exit(code);
}

try {
	// Before anything else, and in one go: Chromium opens its debugging port only once this has run.
	refuseFlags(process.argv.slice(1), process.env);
	registerScheme();
	app.enableSandbox();
	start().catch(async (error: unknown) => {
		await app.whenReady();
		giveUp(error, 1);
	});
} catch (error) {
	giveUp(error, 2);
}
