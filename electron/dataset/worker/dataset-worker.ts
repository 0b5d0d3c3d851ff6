import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { closeWorkerConnection, connectForWorker } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { truncateLog } from '../../database/secure-delete.ts';
import { applyChange, beginDraft, undoChange } from '../change/apply-change.ts';
import { freezeVersion } from '../change/freeze-version.ts';
import { runCheck } from '../check/run-check.ts';
import { exportDataset } from '../export-dataset.ts';
import { previewImport } from '../import/preview-import.ts';
import { runImport } from '../import/run-import.ts';
import { getVersion } from '../store/versions.ts';
import { cleanUpDatasets } from './clean-up.ts';
import { type TaskContext, writeInTurns } from './task-context.ts';
import { type FromWorker, type Results, type Task, type ToWorker, workerFlag } from './worker-protocol.ts';

/** Entry of the worker that reads, checks and changes datasets of any size without blocking anything else. */
const port = portOf(parentPort);

/** Pause before each step while an answer is being generated, ms. */
const answeringMs = 60;

/** Shortest interval between two progress reports, ms. */
const reportMs = 50;

/** Longest time of reading without a pause, ms. */
const stretchMs = 15;

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('dataset-worker.ts is a worker thread, not a program');
}

function send(message: FromWorker): void {
	port.postMessage(message);
}

async function nextMessage(): Promise<ToWorker> {
	const [message] = (await once(port, 'message')) as [ToWorker];
	return message;
}

function request(message: FromWorker): Promise<ToWorker> {
	send(message);
	return nextMessage();
}

function createTaskContext(task: Task, database: WritableDatabase): TaskContext {
	let reported = Number.NEGATIVE_INFINITY;
	let breathed = performance.now();
	function assertGoingOn(): void {
		if (Atomics.load(task.flags, workerFlag.cancel) === 1) throw new Error('cancelled');
	}
	return {
		database,
		progress(done, total) {
			const now = performance.now();
			if (now - reported < reportMs) return;
			reported = now;
			send({ type: 'progress', done, total });
		},
		async pause() {
			assertGoingOn();
			if (performance.now() - breathed < stretchMs) return;
			if (Atomics.load(task.flags, workerFlag.answering) === 1) await sleep(answeringMs);
			else await turn();
			breathed = performance.now();
			assertGoingOn();
		},
		async awaitWriteTurn() {
			await request({ type: 'turn' });
		},
		async countTokens(texts) {
			const answer = await request({ type: 'count', texts });
			if (answer.type === 'counted' && answer.counts !== null) return answer.counts;
			throw new Failure({
				code: 'model-not-loaded',
				message: 'The model that was to count tokens is no longer loaded.',
				next: ['Load it in Models, then check again', 'Check without a model: words are counted then'],
			});
		},
	};
}

async function perform(task: Task, context: TaskContext): Promise<Results[keyof Results]> {
	const { now } = task;
	const { database } = context;
	switch (task.kind) {
		case 'preview':
			return previewImport(context, task);
		case 'import':
			return runImport(context, task);
		case 'export':
			return exportDataset(context, task);
		case 'check':
			return runCheck(context, task.input, task.modelName);
		case 'change': {
			const { samples } = getVersion(database, task.order.baseId);
			return writeInTurns(context, applyChange(database, task.order), samples);
		}
		case 'draft': {
			const { samples } = getVersion(database, task.fromId);
			return writeInTurns(context, beginDraft(database, task.fromId, now, task.intoId), samples);
		}
		case 'undo':
			await writeInTurns(context, undoChange(database, { ...task, now }), null, false);
			return null;
		case 'freeze': {
			const { samples } = getVersion(database, task.versionId);
			await writeInTurns(context, freezeVersion(database, task.versionId, task.note, now), samples);
			return null;
		}
		case 'clean-up':
			await writeInTurns(context, cleanUpDatasets(database, { ...task, now }), task.total);
			// Here it does not matter that this takes the disk a third of a second after a million rows.
			truncateLog(database);
			return null;
	}
}

async function serve(task: Task): Promise<void> {
	try {
		const database = connectForWorker(task.databasePath);
		try {
			const result = await perform(task, createTaskContext(task, database));
			closeWorkerConnection(database);
			send({ type: 'done', result });
		} catch (error) {
			closeWorkerConnection(database);
			throw error;
		}
	} catch (error) {
		send({ type: 'failed', failure: failureFacts(error) });
	}
}

for (;;) {
	const message = await nextMessage();
	if (message.type === 'task') await serve(message.task);
}
