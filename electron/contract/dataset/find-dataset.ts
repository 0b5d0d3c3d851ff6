import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Client } from '../client.ts';
import type { Dataset, DatasetVersion } from './schema.ts';

/** Finds a dataset by number or by name, regardless of case. Throws Failure `dataset-unknown`. */
export async function findDataset(client: Client, text: string): Promise<Dataset> {
	const { datasets } = await client.datasets.list({});
	const wanted = text.trim().toLowerCase();
	const found =
		datasets.find(({ name }) => name.toLowerCase() === wanted) ?? datasets.find(({ id }) => String(id) === wanted);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'dataset-unknown',
		message: said`There is no dataset named “${text}”`,
		next: [
			datasets.length === 0
				? said`Add one: assay datasets import <file>`
				: said`Available: ${datasets.map(({ name }) => name).join(', ')}`,
		],
	});
}

/** Finds one of its versions; the newest if none is named. Throws Failure `version-unknown`. */
export async function findVersion(
	client: Client,
	dataset: Dataset,
	number: number | undefined,
): Promise<DatasetVersion> {
	if (number === undefined) return dataset.latest;
	const { versions } = await client.datasets.get({ id: dataset.id });
	const found = versions.find((version) => version.number === number);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'version-unknown',
		message: said`“${dataset.name}” has no version ${number}`,
		next: [said`Available: ${versions.map((version) => version.number).join(', ')}`],
	});
}
