/**
 * `npm run dev`: the application in the browser, from its sources. A change to the page appears at once and keeps the
 * page's state. A change in electron/, models/ or migrations/ restarts the host, and the page reconnects. `npm run dev
 * -- --help` lists the options.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseDataFolder } from '../electron/hosts/data-folder.ts';
import { startApplicationSession } from './dev/application-session.ts';
import { endWith } from './dev/end-with.ts';
import { projectRoot } from './run-step.ts';
import { fetchStarterOnce } from './start/starter-model.ts';

const usage = `npm run dev -- [options]

  --data <folder>  where conversations and models are kept (default: .cache/dev-data in this checkout, so that
                   unfinished migrations never touch your own conversations; ASSAY_DATA names another as well)
  --port <n>       port of the page (default: 5173, or the next free one)
  --help           this text
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

function parse() {
	try {
		return parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean' } } })
			.values;
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
		process.exit(2);
	}
}

const { data, port = '5173', help } = parse();
if (help) {
	process.stdout.write(usage);
	process.exit(0);
}
const ownFolder = join(projectRoot, '.cache', 'dev-data');
const dataFolder = data === undefined && !process.env.ASSAY_DATA ? ownFolder : chooseDataFolder(data);
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
await fetchStarterOnce(dataFolder, stopping.signal, join(projectRoot, 'electron', 'hosts', 'cli.ts'));
if (stopping.signal.aborted) process.exit(130);
const session = await startApplicationSession({ dataFolder, port: Number(port), say });
say(`Assay is at ${session.url}\nData folder: ${dataFolder}\nCtrl+C ends it.`);
endWith(() => session.close());
