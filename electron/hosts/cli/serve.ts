import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { whenAborted } from '../../../models/abort-signal.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { assayVersion } from '../assay-version.ts';
import type { BrowserHost, Link } from '../browser/browser-host.ts';
import { openInBrowser } from '../browser/open-in-browser.ts';
import { mcpCommand } from '../mcp-command.ts';
import { claimDataFolder, type GuestOfFolder } from '../ownership/claim-folder.ts';
import { closeCode } from '../transport/connection.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode } from './exit-codes.ts';

interface ServeOptions {
	port?: number;
	open: boolean;
}

export const addServe: AddCommands = (program, execute) => {
	program
		.command('serve')
		.description('serve the app to a browser on this computer until Ctrl+C')
		.option('--port <n>', 'serve at http://127.0.0.1:<n> (default: a free port and a new name)', wholeNumber(0, 65_535))
		.option('--no-open', 'print the address without opening a browser')
		.addHelpText('after', examples('serve', 'serve --port 8080 --no-open'))
		.action((options: ServeOptions, command: Command) => execute(command, (context) => serve(context, options)));
};

async function serve(context: CommandContext, options: ServeOptions): Promise<number> {
	const { dataFolder, openModels, output, interrupt, rendererFolder } = context;
	if (!existsSync(join(rendererFolder, 'index.html'))) throw pageMissing(rendererFolder);
	const claim = await claimDataFolder(dataFolder, {
		host: 'browser',
		purpose: 'focus',
		signal: interrupt.signal,
	});
	if (claim.kind === 'guest') return showRunning(context, claim, options);
	const [{ startBrowserHost }, { openSharedApplication }, { programOptions }] = await Promise.all([
		import('../browser/browser-host.ts'),
		import('../shared-application.ts'),
		import('../program-check.ts'),
	]);
	let host: BrowserHost | undefined;
	const owned = await openSharedApplication(
		claim,
		{
			dataFolder,
			host: 'browser',
			// A page of this host runs on this computer, so it may name files by path.
			capabilities: ['server-paths'],
			version: assayVersion(),
			log: output.log,
			models: openModels,
			mcpCommand: mcpCommand(dataFolder, process.execPath, process.argv[1] ?? ''),
			...programOptions(),
		},
		() => (host ? { kind: 'address', link: host.newLink(), openerUrl: host.urlForOpener() } : { kind: 'nothing' }),
	);
	try {
		host = await startBrowserHost({
			application: owned.application,
			rendererFolder,
			log: output.log,
			// Whoever asks for a port wants one address at every start: for a tunnel, or for what the browser may do there.
			...(options.port === undefined ? { ownName: true } : { port: options.port }),
		});
		print(context, host.newLink(), 'Assay is at', 'Press Ctrl+C to stop.');
		if (options.open) openInBrowser(host.urlForOpener(), output.log);
		await whenAborted(interrupt.signal);
	} finally {
		await host?.close();
		await owned.close();
	}
	return interrupt.exitCode === exitCode.interrupted ? exitCode.interrupted : exitCode.done;
}

/** The data folder is open already: if that application has an address, prints it. */
function showRunning(
	context: CommandContext,
	{ connection, owner, show }: GuestOfFolder,
	options: ServeOptions,
): number {
	connection.close(closeCode.normal, 'done');
	if (show?.kind === 'address') {
		print(context, show.link, `Assay is already running (process ${owner.pid}) at`);
		if (options.open) openInBrowser(show.openerUrl, context.output.log);
		return exitCode.done;
	}
	throw new Failure({
		code: 'data-folder-busy',
		message:
			show?.kind === 'focused'
				? `Assay is running in a window (process ${owner.pid}) with the data folder ${context.dataFolder}`
				: `Another assay command (process ${owner.pid}) is using the data folder ${context.dataFolder}`,
		next: ['Quit it and try again', 'Choose another data folder with --data <folder>'],
	});
}

function pageMissing(rendererFolder: string): Failure {
	return new Failure({
		code: 'page-missing',
		message: `The app’s page is missing from ${rendererFolder}`,
		next: ['In a checkout, run npm run build', 'Otherwise reinstall Assay'],
	});
}

function print({ output, dataFolder }: CommandContext, { url, fallbackUrl }: Link, place: string, end = ''): void {
	const text = [
		`${place} ${url}`,
		...(fallbackUrl === null ? [] : [`If the browser doesn’t find it (Safari): ${fallbackUrl}`]),
		'Each link opens once. Run this command again for a new one.',
		...(end === '' ? [] : [end]),
	];
	output.result({ url, fallbackUrl, port: Number(new URL(url).port), dataFolder }, text.join('\n'));
}
