import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { failureFacts } from '../../../../models/contract/failure.ts';
import { closeBeside, connectBeside } from '../../../database/connect.ts';
import { exportFile } from '../export/export-file.ts';
import { endImport } from '../import/arriving.ts';
import { importFiles } from '../import/import-files.ts';
import { type ExchangeMessage, type ExchangeResult, type ExchangeTask, flag } from './protocol.ts';

/** Entry of the thread that imports or exports: parsing, searching and writing of any size block nothing else. */
const task = workerData as ExchangeTask;
const port = portOf(parentPort);

/** Pauses before each stretch of work while an answer is being written, ms. */
const answeringMs = 60;

/** Two reports are at least this far apart, ms. */
const reportMs = 50;

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('exchange-worker.ts is a worker thread, not a program');
}

function say(message: ExchangeMessage): void {
	port.postMessage(message);
}

let reported = Number.NEGATIVE_INFINITY;
function progress(done: number, total: number): void {
	const now = performance.now();
	if (now - reported < reportMs) return;
	reported = now;
	say({ type: 'progress', done, total });
}

async function pause(before: 'read' | 'write'): Promise<void> {
	if (Atomics.load(task.flags, flag.answering) === 1) await sleep(answeringMs);
	if (before === 'write') {
		say({ type: 'turn' });
		await once(port, 'message');
	} else await turn();
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
		const { kind, paths, every } = task;
		try {
			return { kind, report: await importFiles({ database, paths, every, mode: kind, now, progress, pause }) };
		} catch (error) {
			if (kind === 'import') endImport(database);
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
