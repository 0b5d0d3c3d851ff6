import { type MessagePort, parentPort } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { serveTasks } from '../../parsing/worker-port.ts';
import { readAnswer } from '../../prompt/extract-answer.ts';
import { parseConfig } from '../parse-config-file.ts';
import { checkPlain, scorePlain } from './plain-scorers.ts';
import { createSandbox } from './sandbox.ts';
import type { ScoringMessage, ScoringTask } from './scoring-worker-protocol.ts';

/**
 * Entry of the worker that scores, and reads config files: whatever an output, a pattern, a script or a file does, only
 * this worker waits for it.
 */
const port = portOf(parentPort);

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('scoring-worker.ts is a worker thread, not a program');
}

const sandbox = createSandbox(() => send({ kind: 'script-starts' }));

function send(message: ScoringMessage): void {
	port.postMessage(message);
}

async function answer(task: ScoringTask): Promise<ScoringMessage> {
	try {
		switch (task.kind) {
			case 'score':
				return { kind: 'score', score: await scorePlain(task.scorer, task.input, sandbox) };
			case 'check':
				await checkPlain(task.scorer, sandbox);
				return { kind: 'check' };
			case 'read':
				return { kind: 'read', reading: readAnswer(task.technique, task.texts, task.choices) };
		}
	} catch (error) {
		return { kind: 'failed', failure: failureFacts(error) };
	}
}

port.on('message', (task: ScoringTask) => {
	void answer(task).then(send);
});
