import { type MessagePort, parentPort } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { serveTasks } from '../../parsing/worker-port.ts';
import { readAnswer } from '../../prompt/extract-answer.ts';
import { checkPlain, scorePlain } from './plain-scorers.ts';
import { createSandbox } from './sandbox.ts';
import type { ConfigTask, ScoringMessage, ScoringTask } from './scoring-worker-protocol.ts';

function score(port: MessagePort): void {
	const send = (message: ScoringMessage): void => port.postMessage(message);
	const sandbox = createSandbox(() => send({ kind: 'script-starts' }));
	async function answer(task: ScoringTask): Promise<ScoringMessage> {
		try {
			switch (task.kind) {
				case 'score':
					return { kind: 'score', score: await scorePlain(task.scorer, task.input, sandbox) };
				case 'check':
					await checkPlain(task.scorer, sandbox);
					return { kind: 'check' };
				case 'run':
					return { kind: 'run', outcome: await sandbox.run(task.code, task.limits) };
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
}

/**
 * Entry of the worker that scores, on a thread, and of the one that reads config files, a parser process: whatever an
 * output, a pattern, a script or a file does, only this worker waits for it.
 */
if (parentPort === null) {
	// Loads YAML and the schema of config files, which no thread that scores needs.
	const { parseConfig } = await import('../parse-config-file.ts');
	await serveTasks<ConfigTask>(async ({ task }) => parseConfig(task.text, task.name));
} else score(parentPort);
