import { type MessagePort, parentPort } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { serveTasks } from '../../parsing/worker-port.ts';
import { readAnswer } from '../../prompt/extract-answer.ts';
import { parseConfig } from '../parse-config-file.ts';
import { checkPlain, scorePlain } from './plain-scorers.ts';
import type { ConfigTask, ScoringAnswer, ScoringTask } from './scoring-worker-protocol.ts';

async function answer(task: ScoringTask): Promise<ScoringAnswer> {
	try {
		switch (task.kind) {
			case 'score':
				return { kind: 'score', score: await scorePlain(task.scorer, task.input) };
			case 'check':
				await checkPlain(task.scorer);
				return { kind: 'check' };
			case 'read':
				return { kind: 'read', reading: readAnswer(task.technique, task.texts, task.choices) };
		}
	} catch (error) {
		return { kind: 'failed', failure: failureFacts(error) };
	}
}

function score(port: MessagePort): void {
	port.on('message', (task: ScoringTask) => {
		void answer(task).then((result) => port.postMessage(result));
	});
}

/**
 * Entry of the worker that scores, on a thread, and of the one that reads config files, a parser process: whatever an
 * output, a pattern, a script or a file does, only this worker waits for it.
 */
if (parentPort === null) await serveTasks<ConfigTask>(async ({ task }) => parseConfig(task.text, task.name));
else score(parentPort);
