import type { TrainingConfig } from '../contract/adaptation/schema.ts';
import { freeName } from '../dataset/store/datasets.ts';
import type { AdaptationContext } from './context.ts';
import type { DividedSamples } from './divide-samples.ts';
import { isText } from './gather-samples.ts';

/** Samples whose split is assigned by one change. */
const assignedAtOnce = 5_000;

/** Default share of samples per split that keeps training and comparing apart. */
const note = 'Divided for training';

/**
 * Turns the data of a config into a version that never changes and that keeps held-out samples apart: feedback becomes a
 * dataset, a version without “train” gets the splits “train” and “test”. A dataset that comes with Assay is copied
 * first. Texts and documents stay what they are.
 */
export async function freezeDataset(
	context: AdaptationContext,
	config: TrainingConfig,
	divided: DividedSamples,
	signal?: AbortSignal,
): Promise<TrainingConfig> {
	const { datasets, database, clock } = context;
	const { data } = config;
	if (isText(data)) return config;
	if (data.kind === 'feedback') {
		const name = freeName(database, `Feedback ${new Date(clock()).toISOString().slice(0, 10)}`);
		const { dataset } = await datasets.fromConversations.feedback(
			{ filter: data.filter, into: { name }, tags: [] },
			signal,
		);
		const test = new Set(divided.heldOut.map(({ key }) => key));
		return divide(context, config, dataset.id, (key) => test.has(key));
	}
	const { dataset } = datasets.manage.get(data.datasetId);
	const versionId = data.versionId ?? dataset.latest.id;
	if (divided.ownSplits || divided.heldOut.length === 0) {
		const frozen = await datasets.manage.freezeVersion(versionId);
		return { ...config, data: { ...data, versionId: frozen.id } };
	}
	const test = new Set(divided.heldOut.map(({ key }) => key));
	if (dataset.starterId !== null || versionId !== dataset.latest.id) {
		const copy = await datasets.manage.copy(versionId, freeName(database, `${dataset.name}, to train on`));
		return divide(context, config, copy.id, (key) => test.has(key));
	}
	return divide(context, config, dataset.id, (key) => test.has(key));
}

/** Gives every sample of the newest version the split “test” or “train”, and freezes it. */
async function divide(
	{ datasets }: AdaptationContext,
	config: TrainingConfig,
	datasetId: number,
	isTest: (key: string) => boolean,
): Promise<TrainingConfig> {
	const { latest } = datasets.manage.get(datasetId).dataset;
	const ids = { test: [] as number[], train: [] as number[] };
	for (let offset = 0; offset < latest.samples; offset += 500) {
		const { rows } = await datasets.list(latest.id, {}, { offset, limit: 500, partial: false });
		for (const { id, key } of rows) ids[isTest(key) ? 'test' : 'train'].push(id);
	}
	for (const split of ['test', 'train'] as const) {
		for (let at = 0; at < ids[split].length; at += assignedAtOnce) {
			await datasets.edit.change(datasetId, {
				kind: 'assign-split',
				selection: { ids: ids[split].slice(at, at + assignedAtOnce) },
				split,
			});
		}
	}
	const version = await datasets.manage.freeze(datasetId, note);
	const tags = config.data.kind === 'dataset' ? config.data.tags : [];
	return { ...config, data: { kind: 'dataset', datasetId, versionId: version.id, split: null, tags } };
}
