import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../../../contract/evaluation/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';

const pollMs = 250;

/** Waits for a run, with its progress on one line; Ctrl+C pauses it and returns null. */
export async function follow(
	{ output, interrupt }: Pick<CommandContext, 'output' | 'interrupt'>,
	client: Client,
	started: Run,
): Promise<Run | null> {
	let run = started;
	const { id } = run;
	while (run.status === 'waiting' || run.status === 'running') {
		const { done, total, errors, doing, secondsLeft } = run.progress;
		const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
		const failed = errors === 0 ? '' : `, ${errors} failed`;
		output.progress(`${done} of ${total}${failed}${left}: ${doing ?? 'waiting'}`);
		await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (interrupt.signal.aborted) {
			await client.evaluations.pause({ id });
			output.warn(`Paused. Go on with: assay eval resume ${id}`);
			return null;
		}
		run = await client.evaluations.get({ id });
	}
	output.progress(null);
	return run;
}
