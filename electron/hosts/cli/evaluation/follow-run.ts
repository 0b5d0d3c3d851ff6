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
		const { done, total, errors, doing } = run.progress;
		const failed = errors === 0 ? '' : `, ${errors} failed`;
		output.progress(`${done} of ${total}${failed}${leftText(run.progress)}: ${doing ?? 'Starting'}`);
		await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (interrupt.signal.aborted) {
			await client.evaluations.pause({ id });
			output.warn(`Paused. Resume with: assay eval resume ${id}`);
			return null;
		}
		run = await client.evaluations.get({ id });
	}
	output.progress(null);
	return run;
}

/** ", 12 s left", ", about 12 s left (from earlier answers)"; '': unknown. */
function leftText({ secondsLeft, secondsLeftBasis = 'measured' }: Run['progress']): string {
	if (secondsLeft === null) return '';
	if (secondsLeft === 0) return ', longer than expected';
	const left = `${Math.ceil(secondsLeft)} s left`;
	if (secondsLeftBasis === 'measured') return `, ${left}`;
	return `, about ${left} (${secondsLeftBasis === 'learned' ? 'from earlier answers' : 'a guess'})`;
}
