import { type MessagePort, parentPort } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { readAnswer } from '../../prompt/extract-answer.ts';
import { parseConfig } from '../parse-config-file.ts';
import { checkPlain, scorePlain } from './plain-scorers.ts';
import type { ScoringAnswer, ScoringTask } from './scoring-worker-protocol.ts';

/**
 * Entry of the worker that scores, and reads config files: whatever an output, a pattern, a script or a file does, only
 * this worker waits for it.
 */
const port = portOf(parentPort);

function portOf(given: MessagePort | null): MessagePort {
	if (given !== null) return given;
	throw new Error('scoring-worker.ts is a worker thread, not a program');
}

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
			case 'config':
				return { kind: 'config', file: parseConfig(task.text, task.name) };
		}
	} catch (error) {
		return { kind: 'failed', failure: failureFacts(error) };
	}
}

port.on('message', (task: ScoringTask) => {
	void answer(task).then((result) => port.postMessage(result));
});
