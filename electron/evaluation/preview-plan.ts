import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { amount, said } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { PlanPreview, PlanPreviewInput } from '../contract/evaluation/schema.ts';
import { readSamples } from '../dataset/read-version.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { buildRequests } from '../prompt/build-request.ts';
import { getPromptVersion } from '../prompt/store.ts';
import { exampleSplitsOf, isTested } from './choose-samples.ts';
import type { EvaluationContext } from './context.ts';
import { examplesOf } from './plan-arms.ts';

/** Samples read before yielding to other work. */
const samplesAtOnce = 200;

/**
 * Previews what a run of this plan would ask for one of its samples, including examples, with the same functions as the
 * run itself. Throws the Failure that a run would refuse to start with, `sample-unknown` and `technique-unknown`.
 */
export async function previewPlan(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ dataset, promptVersionId, techniques, technique: index, position }: PlanPreviewInput,
	signal?: AbortSignal,
): Promise<PlanPreview> {
	const technique = techniques[index];
	if (technique === undefined) {
		throw new Failure({
			code: 'technique-unknown',
			message: said`The plan has ${amount(techniques.length, 'technique')}, so there is no number ${index}.`,
			next: [said`Choose one of its techniques`],
		});
	}
	const versionId = dataset.versionId ?? getDataset(database, dataset.datasetId).latest.id;
	const choice = {
		split: dataset.split,
		tags: dataset.tags,
		exampleSplits: exampleSplitsOf(database, versionId, techniques),
	};
	function* samples(split: string | null): Iterable<Sample> {
		for (const sample of readSamples(database, versionId)) {
			if (split === null ? isTested(sample, choice) : sample.split === split) yield sample;
		}
	}
	const examples = examplesOf(technique, samples);
	const preview = (sample: Sample, last: boolean): PlanPreview => ({
		key: sample.key,
		target: sample.target,
		last,
		examples: examples.map(({ key }) => key),
		request: buildRequests({ version: getPromptVersion(database, promptVersionId), technique, sample, examples }),
	});
	let at = 0;
	let shown: Sample | undefined;
	for (const sample of samples(null)) {
		if (shown !== undefined) return preview(shown, false);
		if (at === position) shown = sample;
		at += 1;
		if (at % samplesAtOnce !== 0) continue;
		signal?.throwIfAborted();
		await nextTurn();
	}
	if (shown !== undefined) return preview(shown, true);
	throw new Failure({
		code: 'sample-unknown',
		message: at === 0 ? said`No sample is left to test.` : said`Only ${amount(at, 'sample')} can be tested.`,
		next: [said`Choose another split or other tags`, said`Draw the examples from another split`],
	});
}
