import type { Words } from '../../../models/contract/said.ts';
import type { EvaluationContext } from '../context.ts';
import { getRun, setRepeatable } from '../store/runs.ts';
import { shardsOf } from '../store/shards.ts';
import type { Mismatch } from './shard-writer.ts';

/** Records whether rows that were measured again came out the same; once it is no, it stays no. */
export function noteRepeatedRows(
	{ database }: Pick<EvaluationContext, 'database'>,
	runId: number,
	label: Words,
	{ again, mismatches }: { again: number; mismatches: readonly Mismatch[] },
): void {
	const { repeatable } = getRun(database, runId);
	const [first] = mismatches;
	if (first !== undefined) {
		if (repeatable === 'no') return;
		const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
		const note = `${String(label)}: sample ${first.key} had another answer when it was measured again: “${cut(first.before)}”, then “${cut(first.now)}”${mismatches.length > 1 ? `; so did ${mismatches.length - 1} more` : ''}`;
		setRepeatable(database, runId, 'no', note);
	} else if (again > 0 && repeatable === 'unknown') {
		setRepeatable(database, runId, 'yes', 'Answers that were measured again were the same');
	}
}

/**
 * Records whether every answer came out the same, once a run that repeats another exactly is complete, as is the other.
 */
export function noteRepeatedRun({ database }: Pick<EvaluationContext, 'database'>, runId: number): void {
	const { repeatOf } = getRun(database, runId);
	if (repeatOf === null) return;
	const before = shardsOf(database, repeatOf);
	const now = shardsOf(database, runId);
	if ([...before, ...now].some(({ status }) => status !== 'done') || before.length !== now.length) return;
	const differing = now.filter(({ digest }, index) => digest !== before[index]?.digest).length;
	for (const [id, other] of [
		[runId, repeatOf],
		[repeatOf, runId],
	] as const) {
		const { repeatable } = getRun(database, id);
		if (differing > 0) {
			if (repeatable === 'no') continue;
			setRepeatable(
				database,
				id,
				'no',
				`${differing} of ${now.length} shards had other answers in run ${other}, which has the same manifest`,
			);
		} else if (repeatable !== 'no') {
			setRepeatable(database, id, 'yes', `Every answer was the same in run ${other}, token by token`);
		}
	}
}
