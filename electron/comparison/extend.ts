import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Extension, ExtensionRoom } from '../contract/comparison/schema.ts';
import { getLiveDataset } from '../dataset/store/datasets.ts';
import type { ComparisonContext } from './context.ts';
import { requireAdapters, titleWithCount } from './plan.ts';
import { planTask, runConfigOf, taskFiles, taskOf } from './plan-task.ts';
import { sharedMeasurements } from './shared-measurements.ts';
import {
	candidatesOf,
	deleteSpeeds,
	getComparison,
	type Measurement,
	measurementsOf,
	resultOf,
	setDropped,
	setExtended,
	setStatus,
	setTitle,
} from './store.ts';
import type { ComparisonSubject } from './subject.ts';
import { stepsLeft, subjectOf } from './subject.ts';

/** Half the error takes four times as many samples. */
const forHalf = 4;

function textRoom(
	{ comparison, candidates, texts }: ComparisonSubject,
	measurements: readonly Measurement[],
): ExtensionRoom['texts'] {
	const { chunks, contextSize } = comparison;
	const most = Math.max(
		0,
		...texts.map(({ position }) => {
			const step = { kind: 'quality' as const, candidateId: candidates[0]?.id ?? 0, text: position, extent: 0 };
			return Math.floor((resultOf<'quality'>(measurements, step)?.textTokens ?? 0) / contextSize);
		}),
	);
	return chunks === null || chunks >= most ? null : { chunks, most };
}

async function sampleRoom(
	context: ComparisonContext,
	{ comparison, candidates }: ComparisonSubject,
	measurements: readonly Measurement[],
): Promise<ExtensionRoom['samples']> {
	const task = taskOf(comparison);
	const first = { kind: 'task' as const, candidateId: candidates[0]?.id ?? 0, extent: 0 };
	const now = resultOf<'task'>(measurements, first)?.values.length ?? 0;
	const files = taskFiles(candidates);
	if (task === null || now === 0 || files.length === 0) return null;
	try {
		const { latest, name } = getLiveDataset(context.database, task.dataset.datasetId);
		const all = { ...task, dataset: { ...task.dataset, versionId: latest.id, limit: null } };
		const { samples: most } = await context.evaluations.estimate(
			runConfigOf(all, '', files.slice(0, 1), comparison.threads),
		);
		return now >= most ? null : { now, most, wanted: Math.min(most, forHalf * now), datasetName: name };
	} catch {
		// Its dataset or prompt is gone, so there are no more samples.
		return null;
	}
}

/** Finds how far a comparison can be extended. */
export async function findExtensionRoom(context: ComparisonContext, id: number): Promise<ExtensionRoom> {
	const subject = subjectOf(context.database, id);
	if (subject.comparison.imported !== null) return { texts: null, samples: null };
	const measurements = sharedMeasurements(measurementsOf(context.database, id), subject.candidates);
	return { texts: textRoom(subject, measurements), samples: await sampleRoom(context, subject, measurements) };
}

/**
 * Reads a comparison that is fully measured; only those can change. Throws Failure `comparison-imported`,
 * `comparison-unfinished`.
 */
function readFinished({ database }: ComparisonContext, id: number): ComparisonSubject {
	const { status, imported } = getComparison(database, id);
	if (imported !== null) {
		throw new Failure({
			code: 'comparison-imported',
			message: said`This comparison was measured on another computer, so it can’t be extended here.`,
			next: [said`Start a comparison of these files on this computer`],
		});
	}
	if (status !== 'done') {
		throw new Failure({
			code: 'comparison-unfinished',
			message: said`This comparison is not complete yet.`,
			next: [said`Wait until it is complete`, said`Resume it if it is paused`],
		});
	}
	return subjectOf(database, id);
}

/**
 * Extends a finished comparison by more chunks or samples, or measures its speeds again; the caller starts it. Throws what `readFinished` throws,
 * Failure `comparison-no-more`, those of `requireAdapters`, and the Failure of samples that can't be asked.
 */
export async function extendComparison(
	context: ComparisonContext,
	{ id, chunks, samples, speed = false }: Extension,
): Promise<void> {
	const { comparison, candidates } = readFinished(context, id);
	const room = await findExtensionRoom(context, id);
	const texts = chunks !== undefined && room.texts !== null && (chunks === null || chunks > room.texts.chunks);
	const asked = samples !== undefined && room.samples !== null && (samples === null || samples > room.samples.now);
	const planned = asked ? taskOf(comparison) : null;
	if (!texts && planned === null && !speed) {
		throw new Failure({
			code: 'comparison-no-more',
			message: said`All of its texts and samples are measured already.`,
			next: [said`Add samples to the dataset`, said`Start a comparison with another text`],
		});
	}
	await requireAdapters(context.database, candidates);
	const files = { there: taskFiles(candidates), total: candidates.length, threads: comparison.threads };
	const dataset = { versionId: null, limit: samples ?? null };
	const task =
		planned === null
			? null
			: await planTask(context, { ...planned, dataset: { ...planned.dataset, ...dataset } }, files);
	if (speed) deleteSpeeds(context.database, id);
	setExtended(context.database, id, { chunks: chunks ?? null, texts, task });
}

/**
 * Leaves a file out or includes it again; an included file still needs the measurements made in the meantime. Throws
 * what `readFinished` throws, and Failure `comparison-needs-two`.
 */
export function dropCandidate(context: ComparisonContext, id: number, candidateId: number, dropped: boolean): void {
	const { database } = context;
	const { candidates, comparison } = readFinished(context, id);
	const there = dropped ? candidates : candidatesOf(database, id, { dropped: true });
	if (!there.some((candidate) => candidate.id === candidateId)) return;
	if (dropped && (candidateId === candidates[0]?.id || candidates.length < 3)) {
		throw new Failure({
			code: 'comparison-needs-two',
			message: said`A comparison needs its reference and one other file.`,
			next: [said`Delete the comparison instead`],
		});
	}
	setDropped(database, candidateId, dropped);
	const now = candidates.length + (dropped ? -1 : 1);
	setTitle(database, id, titleWithCount(comparison.title, candidates.length, now));
	if (stepsLeft(subjectOf(database, id), measurementsOf(database, id)).length > 0) setStatus(database, id, 'paused');
}
