import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { closeWorkerConnection, connectForWorker } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { truncateLog } from '../../database/secure-delete.ts';
import { type ReceivedTask, serveTasks, type WorkerPort, workerFlag } from '../../parsing/worker-port.ts';
import { applyChange, beginDraft, undoChange } from '../change/apply-change.ts';
import { freezeVersion } from '../change/freeze-version.ts';
import { runCheck } from '../check/run-check.ts';
import { exportDataset } from '../export-dataset.ts';
import { previewImport } from '../import/preview-import.ts';
import { runImport } from '../import/run-import.ts';
import { getVersion } from '../store/versions.ts';
import { cleanUpDatasets } from './clean-up.ts';
import { type TaskContext, writeInTurns } from './task-context.ts';
import type { Answer, FromWorker, Results, TaskInput } from './worker-protocol.ts';

/**
 * Entry of the worker that reads, checks and changes datasets of any size without blocking anything else: a thread, or
 * a parser process for files from elsewhere.
 */

/** Pause before each step while an answer is being generated, ms. */
const answeringMs = 60;

/** Shortest interval between two progress reports, ms. */
const reportMs = 50;

/** Longest time of reading without a pause, ms. */
const stretchMs = 15;

async function request(port: WorkerPort, message: FromWorker): Promise<Answer> {
	port.send(message);
	return (await port.next()) as Answer;
}

function createTaskContext({ flags, port }: ReceivedTask<TaskInput>, database: WritableDatabase): TaskContext {
	let reported = Number.NEGATIVE_INFINITY;
	let breathed = performance.now();
	function assertGoingOn(): void {
		if (Atomics.load(flags, workerFlag.cancel) === 1) throw new Error('cancelled');
	}
	return {
		database,
		progress(done, total) {
			const now = performance.now();
			if (now - reported < reportMs) return;
			reported = now;
			port.send({ type: 'progress', done, total } satisfies FromWorker);
		},
		async pause() {
			assertGoingOn();
			if (performance.now() - breathed < stretchMs) return;
			if (Atomics.load(flags, workerFlag.answering) === 1) await sleep(answeringMs);
			else await turn();
			breathed = performance.now();
			assertGoingOn();
		},
		async awaitWriteTurn() {
			await request(port, { type: 'turn' });
		},
		async countTokens(texts) {
			const answer = await request(port, { type: 'count', texts });
			if (answer.type === 'counted' && answer.counts !== null) return answer.counts;
			throw new Failure({
				code: 'model-not-loaded',
				message: said`The model for counting tokens is no longer loaded.`,
				next: [said`Load it in Models, then check again`, said`Or check without a model, which counts words`],
			});
		},
	};
}

async function perform(task: TaskInput, context: TaskContext): Promise<Results[keyof Results]> {
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

await serveTasks<TaskInput>(async (received) => {
	const database = connectForWorker(received.task.databasePath);
	try {
		return await perform(received.task, createTaskContext(received, database));
	} finally {
		closeWorkerConnection(database);
	}
});
