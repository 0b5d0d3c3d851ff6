import { readSamplesById } from '../../dataset/read-version.ts';
import { holdForChat } from '../../jobs/hold-for-chat.ts';
import type { AnswerScorer } from '../answer-scorer.ts';
import { assertSameDocuments } from '../arm-context.ts';
import type { ArmTotals } from '../arm-totals.ts';
import type { EvaluationContext, Session } from '../context.ts';
import { fillsMemory } from '../model-sessions.ts';
import type { RunArm, RunSubject, SubjectArm } from '../run-subject.ts';
import { measureShard } from './measure-shard.ts';
import { noteRepeatedRows } from './repeatability.ts';
import { unitsOf } from './shard-layout.ts';
import { openShardWriter } from './shard-writer.ts';

export interface ShardRun {
	readonly subject: RunSubject;
	readonly arm: SubjectArm;
	readonly shard: number;
	readonly session: Session;
	readonly totals: ArmTotals;
	readonly scorer: AnswerScorer;
	readonly signal: AbortSignal;
	/** Called when a chat answer goes first, and when it no longer does. */
	onHold(held: boolean): void;
	/** Called within the transaction that wrote rows. */
	onWritten(): void;
	/** Called after rows were written. */
	onRows(): void;
}

/** The samples of a shard, in the order of its units. */
export function shardSamples(
	{ database }: Pick<EvaluationContext, 'database'>,
	subject: RunSubject<RunArm>,
	shard: number,
) {
	const units = unitsOf(subject.layout, shard);
	const ids = units.map(({ position }) => subject.samples[position]?.sampleId ?? 0);
	return { units, samples: readSamplesById(database, subject.run.datasetVersionId, ids) };
}

/**
 * Measures one shard and stores its rows as they arrive. Throws what measuring throws, but always keeps the rows so
 * far, unless the documents of its arm changed: Failure `run-context-changed`.
 */
export async function runShard(context: EvaluationContext, task: ShardRun): Promise<void> {
	const { database } = context;
	const { subject, arm, shard, session, totals, scorer: answerScorer } = task;
	const { units, samples } = shardSamples(context, subject, shard);
	// Samples of one run must not be answered from different documents.
	const assertSame = (): void =>
		assertSameDocuments(context, arm.stored.context, subject.manifest.arms[arm.stored.position]?.context);
	assertSame();
	const place = { armId: arm.stored.id, shard, units, samples, total: subject.layout.samples };
	const writer = openShardWriter(database, place, totals, {
		score: answerScorer.score,
		beforeWrite: assertSame,
		onWritten: task.onWritten,
		onRows: task.onRows,
	});
	const chatHold = holdForChat(context, session, { needsAllMemory: fillsMemory(arm.model), onHold: task.onHold });
	const signal = AbortSignal.any([task.signal, chatHold.signal]);
	const began = performance.now();
	try {
		await measureShard(session, arm.asking, units, samples, {
			signal,
			scoring: context.scoring,
			onOutcome: writer.add,
		});
		chatHold.end();
		const ms = performance.now() - began - chatHold.heldMs();
		noteRepeatedRows(context, subject.run.id, arm.label, await writer.finish(ms));
	} catch (error) {
		await writer.abandon();
		// Tells apart why it was given up: the user, a chat answer, or the process itself.
		chatHold.signal.throwIfAborted();
		throw error;
	} finally {
		chatHold.end();
	}
}
