import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { closeWorkerConnection, connectForWorker } from '../../database/connect.ts';
import { exportConversations } from './export-conversations.ts';
import { importConversations } from './import-conversations.ts';
import { cleanUpFailedImport } from './import-visibility.ts';
import { type WorkerMessage, type WorkerResult, type WorkerTask, workerFlag } from './worker-protocol.ts';

/** Entry of the import and export worker, so that parsing, searching and writing block nothing else. */
const task = workerData as WorkerTask;
const port = portOf(parentPort);

/** Pause before each step while an answer is being generated, ms. */
const answeringMs = 60;

/** Shortest interval between two progress reports, ms. */
const reportMs = 50;

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('import-export-worker.ts is a worker thread, not a program');
}

function send(message: WorkerMessage): void {
	port.postMessage(message);
}

let reported = Number.NEGATIVE_INFINITY;
function progress(done: number, total: number): void {
	const now = performance.now();
	if (now - reported < reportMs) return;
	reported = now;
	send({ type: 'progress', done, total });
}

async function pause(before: 'read' | 'write'): Promise<void> {
	if (Atomics.load(task.flags, workerFlag.answering) === 1) await sleep(answeringMs);
	if (before === 'write') {
		send({ type: 'turn' });
		await once(port, 'message');
	} else await turn();
	if (Atomics.load(task.flags, workerFlag.cancel) === 1) throw new Error('cancelled');
}

async function work(): Promise<WorkerResult> {
	const { databasePath, now } = task;
	const database = connectForWorker(databasePath);
	try {
		if (task.kind === 'export') {
			const { ids, format, folder } = task;
			const run = { database, ids, format, folder, now, progress, pause: () => pause('read') };
			return { kind: 'export', exported: await exportConversations(run) };
		}
		const { kind, paths, every } = task;
		try {
			return { kind, report: await importConversations({ database, paths, every, mode: kind, now, progress, pause }) };
		} catch (error) {
			if (kind === 'import') cleanUpFailedImport(database);
			throw error;
		}
	} finally {
		closeWorkerConnection(database);
	}
}

try {
	send({ type: 'done', result: await work() });
} catch (error) {
	send({ type: 'failed', failure: failureFacts(error) });
}
