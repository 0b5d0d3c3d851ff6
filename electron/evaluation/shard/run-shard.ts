import { samplesById } from '../../dataset/read-version.ts';
import type { EvaluationContext, Session } from '../context.ts';
import type { Marker } from '../run/mark.ts';
import { isAlone } from '../run/sessions.ts';
import type { RunArm, Subject, SubjectArm } from '../run/subject.ts';
import type { Tally } from '../run/tally.ts';
import { attendToChat } from './attend.ts';
import { keepShard } from './keep-shard.ts';
import { measureShard } from './measure-shard.ts';
import { noteRepeats } from './repeats.ts';
import { unitsOf } from './units.ts';

export interface ShardRun {
	readonly subject: Subject;
	readonly arm: SubjectArm;
	readonly shard: number;
	readonly session: Session;
	readonly tally: Tally;
	readonly marker: Marker;
	readonly signal: AbortSignal;
	/** A chat answer goes first, or no longer does. */
	onHold(held: boolean): void;
	/** Within the transaction that wrote rows. */
	onWritten(): void;
	/** After rows were written. */
	onRows(): void;
}

/** The samples of a shard, in the order of its units. */
export function shardSamples(
	{ database }: Pick<EvaluationContext, 'database'>,
	subject: Subject<RunArm>,
	shard: number,
) {
	const units = unitsOf(subject.cut, shard);
	const ids = units.map(({ position }) => subject.samples[position]?.sampleId ?? 0);
	return { units, samples: samplesById(database, subject.run.datasetVersionId, ids) };
}

/** Measures one shard and keeps its rows as they come. Throws what measuring throws; what came is kept in any case. */
export async function runShard(context: EvaluationContext, task: ShardRun): Promise<void> {
	const { database } = context;
	const { subject, arm, shard, session, tally, marker } = task;
	const { units, samples } = shardSamples(context, subject, shard);
	const place = { armId: arm.stored.id, shard, units, samples, total: subject.cut.samples };
	const keeper = keepShard(database, place, tally, {
		mark: marker.mark,
		onWritten: task.onWritten,
		onRows: task.onRows,
	});
	const attendance = attendToChat(context, session, { alone: isAlone(arm.model), onHold: task.onHold });
	const signal = AbortSignal.any([task.signal, attendance.signal]);
	const began = performance.now();
	try {
		await measureShard(session, arm.asking, units, samples, { signal, onMade: keeper.take });
		attendance.end();
		const ms = performance.now() - began - attendance.stoodStillMs();
		noteRepeats(context, subject.run.id, arm.label, await keeper.finish(ms));
	} catch (error) {
		await keeper.leave();
		// Who gave it up: a person, a chat answer, or the process itself.
		attendance.signal.throwIfAborted();
		throw error;
	} finally {
		attendance.end();
	}
}
