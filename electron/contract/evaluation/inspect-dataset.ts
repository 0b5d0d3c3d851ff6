import type { Client } from '../client.ts';
import type { Dataset } from '../dataset/schema.ts';
import type { DatasetLook } from './defaults.ts';

/** Number of samples to look at for what a dataset is like. */
const inspectedSamples = 100;

/** Inspects a dataset's newest version, or another of its versions. */
export async function inspectDataset(
	client: Client,
	dataset: Dataset,
	versionId = dataset.latest.id,
): Promise<DatasetLook> {
	const [facets, { rows }] = await Promise.all([
		client.datasets.samples.facets({ versionId }),
		client.datasets.samples.list({ versionId, limit: inspectedSamples }),
	]);
	const [row] = rows;
	const first = row === undefined ? null : await client.datasets.samples.get({ versionId, sampleId: row.id });
	return { dataset, facets, rows, first };
}
