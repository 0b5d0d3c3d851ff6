import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { closeWorkerConnection, connectForWorker } from '../../database/connect.ts';
import { type ReceivedTask, serveTasks, workerFlag } from '../../parsing/worker-port.ts';
import { exportConversations } from './export-conversations.ts';
import { importConversations } from './import-conversations.ts';
import { cleanUpFailedImport } from './import-visibility.ts';
import type { WorkerMessage, WorkerTask } from './worker-protocol.ts';

/**
 * Entry of the import and export worker, so that parsing, searching and writing block nothing else: a parser process
 * for imports, a thread for exports.
 */

/** Pause before each step while an answer is being generated, ms. */
const answeringMs = 60;

/** Shortest interval between two progress reports, ms. */
const reportMs = 50;

await serveTasks<WorkerTask>(async ({ task, flags, port }: ReceivedTask<WorkerTask>) => {
	let reported = Number.NEGATIVE_INFINITY;
	function progress(done: number, total: number): void {
		const now = performance.now();
		if (now - reported < reportMs) return;
		reported = now;
		port.send({ type: 'progress', done, total } satisfies WorkerMessage);
	}

	async function pause(before: 'read' | 'write'): Promise<void> {
		if (Atomics.load(flags, workerFlag.answering) === 1) await sleep(answeringMs);
		if (before === 'write') {
			port.send({ type: 'turn' } satisfies WorkerMessage);
			await port.next();
		} else await turn();
		if (Atomics.load(flags, workerFlag.cancel) === 1) throw new Error('cancelled');
	}

	const { databasePath, now } = task;
	const database = connectForWorker(databasePath);
	try {
		if (task.kind === 'export') {
			const { ids, format, folder } = task;
			return await exportConversations({ database, ids, format, folder, now, progress, pause: () => pause('read') });
		}
		const { kind, paths, every } = task;
		try {
			return await importConversations({ database, paths, every, mode: kind, now, progress, pause });
		} catch (error) {
			if (kind === 'import') cleanUpFailedImport(database);
			throw error;
		}
	} finally {
		closeWorkerConnection(database);
	}
});
