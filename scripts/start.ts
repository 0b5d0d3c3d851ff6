/**
 * `npm start`: builds what changed, fetches the starter model on first use, and opens the window; if no window can
 * open, says so in one line and serves the same app to the browser. `npm start -- --help` lists the options.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseDataFolder } from '../electron/hosts/data-folder.ts';
import { projectRoot } from './run-step.ts';
import { buildIfChanged } from './start/build-if-changed.ts';
import { electronPlaces, ensureElectron } from './start/electron-binary.ts';
import { openWindow, type WindowEnd, windowObstacle } from './start/electron-window.ts';
import { whenParentEnds } from './start/parent-process.ts';
import { readOptions, type StartOptions, usage } from './start/start-options.ts';
import { fetchStarterOnce } from './start/starter-model.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Aborted by the first signal or when npm ends. The browser host handles signals itself as well. */
const ending = new AbortController();
const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let endCode = 0;

function end(signal: keyof typeof endings): void {
	endCode = endings[signal];
	ending.abort();
}

for (const signal of Object.keys(endings) as (keyof typeof endings)[]) process.on(signal, end);
whenParentEnds(() => {
	// A second signal would interrupt the shutdown that the first one started.
	if (!ending.signal.aborted) process.kill(process.pid, 'SIGTERM');
});

function parse(): StartOptions {
	try {
		const options = readOptions(process.argv.slice(2));
		if (options) return options;
		process.stdout.write(usage);
		process.exit(0);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
		process.exit(2);
	}
}

async function run(options: StartOptions): Promise<void> {
	const builtMs = await buildIfChanged(ending.signal);
	if (builtMs !== null) say(`Built in ${(builtMs / 1000).toFixed(1)} s`);
	await fetchStarterOnce(chooseDataFolder(options.data ?? undefined), ending.signal);
	if (options.host !== 'browser') {
		ending.signal.throwIfAborted();
		const window = await tryWindow(options);
		if (window.shown) process.exit(ending.signal.aborted ? endCode : window.code);
		say(`No window: ${window.reason}. Serving the app to the browser instead.`);
	}
	ending.signal.throwIfAborted();
	await serve(options);
}

async function tryWindow(options: StartOptions): Promise<WindowEnd> {
	const obstacle = windowObstacle();
	if (obstacle !== null) return { shown: false, reason: obstacle };
	const asked = options.host === 'window';
	const electron = await ensureElectron(electronPlaces, asked, progressLine, ending.signal);
	progressLine(null);
	if (electron.path !== null) return openWindow(electron.path, options, ending.signal);
	return { shown: false, reason: `${electron.reason}; npm start -- --host window tries again` };
}

/** Rewrites one line of a terminal; does nothing elsewhere, because it would only fill a log. */
function progressLine(text: string | null): void {
	if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${text ?? ''}`);
}

/** Becomes `assay serve`: runs the built command line in this process. */
async function serve({ data, port, open }: StartOptions): Promise<void> {
	const cli = join(projectRoot, 'dist', 'cli', 'cli.js');
	process.argv = [
		process.execPath,
		cli,
		'serve',
		...(data === null ? [] : ['--data', data]),
		...(port === null ? [] : ['--port', String(port)]),
		...(open ? [] : ['--no-open']),
	];
	await import(pathToFileURL(cli).href);
}

try {
	await run(parse());
} catch (error) {
	if (ending.signal.aborted) process.exit(endCode);
	process.stderr.write(`Assay could not start: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
}
