import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { failureFacts } from '../../../../models/contract/failure.ts';
import { closeBeside, connectBeside } from '../../../database/beside.ts';
import { exportFile } from '../export/export-file.ts';
import { abandonArriving } from '../import/arriving.ts';
import { importFiles } from '../import/import-files.ts';
import { type ExchangeMessage, type ExchangeResult, type ExchangeTask, flag } from './protocol.ts';

/** Entry of the thread that imports or exports: parsing, searching and writing of any size block nothing else. */
const task = workerData as ExchangeTask;
const port = parentPort;
if (port === null) throw new Error('exchange-worker.ts is a worker thread, not a program');

/** Pauses after a stretch of writing, ms: the application's own writes get in between. */
const gapMs = { idle: 2, answering: 60 };

/** Two reports are at least this far apart, ms. */
const reportMs = 50;

function say(message: ExchangeMessage): void {
	port?.postMessage(message);
}

let reported = Number.NEGATIVE_INFINITY;
function progress(done: number, total: number): void {
	const now = performance.now();
	if (now - reported < reportMs) return;
	reported = now;
	say({ type: 'progress', done, total });
}

async function pause(after: 'read' | 'write'): Promise<void> {
	const answering = Atomics.load(task.flags, flag.answering) === 1;
	if (answering) await sleep(gapMs.answering);
	else if (after === 'write') await sleep(gapMs.idle);
	else await turn();
	if (Atomics.load(task.flags, flag.cancel) === 1) throw new Error('cancelled');
}

async function work(): Promise<ExchangeResult> {
	const { databasePath, now } = task;
	const database = connectBeside(databasePath);
	try {
		if (task.kind === 'export') {
			const { ids, format, folder } = task;
			const run = { database, ids, format, folder, now, progress, pause: () => pause('read') };
			return { kind: 'export', exported: await exportFile(run) };
		}
		const { kind, paths } = task;
		try {
			return { kind, report: await importFiles({ database, paths, mode: kind, now, progress, pause }) };
		} catch (error) {
			if (kind === 'import') abandonArriving(database);
			throw error;
		}
	} finally {
		closeBeside(database);
	}
}

try {
	say({ type: 'done', result: await work() });
} catch (error) {
	say({ type: 'failed', failure: failureFacts(error) });
}
