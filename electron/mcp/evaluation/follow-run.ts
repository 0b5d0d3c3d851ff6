import { Failure } from '../../../models/contract/failure.ts';
import type { RunConfig } from '../../contract/evaluation/run-config.ts';
import type { Run } from '../../contract/evaluation/schema.ts';
import type { ToolCall } from '../tool.ts';
import { untilEnded } from '../wait.ts';

/** Starts a run and waits for its end. A cancelled call pauses it. Throws the Failure of the run. */
export async function measured(call: ToolCall, config: RunConfig, words = ''): Promise<Run> {
	call.signal.throwIfAborted();
	return untilRunEnded(call, await call.client.evaluations.start(config), words);
}

/** Waits for the end of a run. A cancelled call pauses it; what was measured is kept. Throws the Failure of the run. */
export async function untilRunEnded(call: ToolCall, started: Run, words = ''): Promise<Run> {
	const { client, report } = call;
	const { id } = started;
	const run = await untilEnded(call, started, {
		isRunning: ({ status }) => status === 'waiting' || status === 'running',
		look: () => client.evaluations.get({ id }),
		stop: () => client.evaluations.pause({ id }),
		tell: ({ progress: { done, total, doing, secondsLeft } }) => {
			const left = secondsLeft === null || secondsLeft === 0 ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
			report(done, total, `${words}${done} of ${total} answers${left}: ${doing ?? 'starting'}`);
		},
	});
	if (run.failure !== null && run.status === 'failed') throw new Failure(run.failure);
	return run;
}
