import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { closeBeside, connectBeside } from '../../database/connect.ts';
import { truncateLog } from '../../database/forget.ts';
import type { WritableDatabase } from '../../database/handle.ts';
import { beginDraft, carryOut, takeBack } from '../change/carry-out.ts';
import { freeze } from '../change/freeze.ts';
import { runCheck } from '../check/run-check.ts';
import { exportFile } from '../export/export-file.ts';
import { previewImport } from '../import/preview.ts';
import { runImport } from '../import/run-import.ts';
import { getVersion } from '../store/versions.ts';
import { type Desk, writeInTurns } from './desk.ts';
import { type FromThread, flag, type Results, type Task, type ToThread } from './protocol.ts';
import { sweep } from './sweep.ts';

/** Entry of the thread that reads, checks and changes datasets of any size: it blocks nothing else. */
const port = portOf(parentPort);

/** Pauses before each stretch of work while an answer is being written, ms. */
const answeringMs = 60;

/** Two reports are at least this far apart, ms. */
const reportMs = 50;

/** Longest stretch of reading without a breath, ms. */
const stretchMs = 15;

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('dataset-worker.ts is a worker thread, not a program');
}

function say(message: FromThread): void {
	port.postMessage(message);
}

async function nextMessage(): Promise<ToThread> {
	const [message] = (await once(port, 'message')) as [ToThread];
	return message;
}

function answerTo(message: FromThread): Promise<ToThread> {
	say(message);
	return nextMessage();
}

function deskFor(task: Task, database: WritableDatabase): Desk {
	let reported = Number.NEGATIVE_INFINITY;
	let breathed = performance.now();
	function assertGoingOn(): void {
		if (Atomics.load(task.flags, flag.cancel) === 1) throw new Error('cancelled');
	}
	return {
		database,
		progress(done, total) {
			const now = performance.now();
			if (now - reported < reportMs) return;
			reported = now;
			say({ type: 'progress', done, total });
		},
		async pause() {
			assertGoingOn();
			if (performance.now() - breathed < stretchMs) return;
			if (Atomics.load(task.flags, flag.answering) === 1) await sleep(answeringMs);
			else await turn();
			breathed = performance.now();
			assertGoingOn();
		},
		async turn() {
			await answerTo({ type: 'turn' });
		},
		async count(texts) {
			const answer = await answerTo({ type: 'count', texts });
			if (answer.type === 'counted' && answer.counts !== null) return answer.counts;
			throw new Failure({
				code: 'model-not-loaded',
				message: 'The model that was to count tokens is no longer loaded.',
				next: ['Load it in Models, then check again', 'Check without a model: words are counted then'],
			});
		},
	};
}

async function perform(task: Task, desk: Desk): Promise<Results[keyof Results]> {
	const { now } = task;
	const { database } = desk;
	switch (task.kind) {
		case 'preview':
			return previewImport(desk, task);
		case 'import':
			return runImport(desk, task);
		case 'export':
			return exportFile(desk, task);
		case 'check':
			return runCheck(desk, task.input, task.modelName);
		case 'change': {
			const { samples } = getVersion(database, task.order.baseId);
			return writeInTurns(desk, carryOut(database, task.order), samples);
		}
		case 'draft': {
			const { samples } = getVersion(database, task.fromId);
			return writeInTurns(desk, beginDraft(database, task.fromId, now, task.intoId), samples);
		}
		case 'undo':
			await writeInTurns(desk, takeBack(database, { ...task, now }), null, false);
			return null;
		case 'freeze': {
			const { samples } = getVersion(database, task.versionId);
			await writeInTurns(desk, freeze(database, task.versionId, task.note, now), samples);
			return null;
		}
		case 'sweep':
			await writeInTurns(desk, sweep(database, { ...task, now }), task.total);
			// Here it is no matter that the disk takes a third of a second for it after a million rows.
			truncateLog(database);
			return null;
	}
}

async function serve(task: Task): Promise<void> {
	try {
		const database = connectBeside(task.databasePath);
		try {
			const result = await perform(task, deskFor(task, database));
			closeBeside(database);
			say({ type: 'done', result });
		} catch (error) {
			closeBeside(database);
			throw error;
		}
	} catch (error) {
		say({ type: 'failed', failure: failureFacts(error) });
	}
}

for (;;) {
	const message = await nextMessage();
	if (message.type === 'task') await serve(message.task);
}
