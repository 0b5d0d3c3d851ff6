import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';
import type { WorkerLauncher } from './launcher.ts';
import type { EngineCheck } from './protocol.ts';

/** Loading both engines takes less than a second; a worker that takes this long is stuck, ms. */
const longestMs = 30_000;

/** Starts a worker without a model and asks which engine it would use. Rejects with a Failure if it ends before. */
export async function checkEngine(launcher: WorkerLauncher): Promise<EngineCheck> {
	const { promise, resolve, reject } = Promise.withResolvers<EngineCheck>();
	const worker = launcher.launch({
		frame(frame) {
			if (frame.type === 'hello') worker.send({ type: 'check-engine' });
			if (frame.type !== 'engine') return;
			resolve(frame.engine);
			worker.send({ type: 'quit' });
		},
		beat() {},
		garbled() {},
		exit({ code, signal, lastWords }, startError) {
			reject(
				new Failure({
					code: 'engine-unavailable',
					message: said`The process that holds models ended before it had loaded an engine (${startError?.message ?? signal ?? `code ${code}`}).`,
					next: [said`Install Assay again`, said`Update the operating system`],
					detail: lastWords.join('\n'),
				}),
			);
		},
	});
	const timer = setTimeout(() => worker.kill('SIGKILL'), longestMs);
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
	}
}
