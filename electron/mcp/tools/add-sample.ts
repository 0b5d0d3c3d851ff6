import { z } from 'zod';
import { findDataset } from '../../contract/dataset/find-dataset.ts';
import { newSampleSchema } from '../../contract/dataset/schema.ts';
import { defineTool } from '../tool.ts';

const { target, choices, tags, split } = newSampleSchema.shape;

export const addSample = defineTool({
	name: 'add_sample',
	title: 'Add a sample',
	description:
		'Adds a question with its expected answer to a dataset: a failure that was found becomes a test. It goes to the draft; runs that were made stay what they were.',
	scope: 'evaluation',
	input: z.object({
		dataset: z.string().min(1).max(200).describe('Name or number'),
		create: z.boolean().default(false).describe('Create the dataset if there is none of that name'),
		input: z.string().min(1).max(1_000_000).describe('The question'),
		target: target.describe('The expected answer'),
		choices,
		tags,
		split,
	}),
	output: z.object({
		dataset: z.object({ id: z.int(), name: z.string(), version: z.int(), samples: z.int() }),
		sample_id: z.int(),
	}),
	annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
	async run({ dataset: name, create, ...sample }, { client }) {
		const known = create ? (await client.datasets.list({})).datasets : null;
		const isNew = known !== null && !known.some((each) => each.name.toLowerCase() === name.trim().toLowerCase());
		const dataset = isNew ? await client.datasets.create({ name }) : await findDataset(client, name);
		const { ids, version } = await client.datasets.samples.add({ datasetId: dataset.id, samples: [sample] });
		const [id] = ids;
		if (id === undefined) throw new Error('no sample was added');
		return {
			dataset: { id: dataset.id, name: dataset.name, version: version.number, samples: version.samples },
			sample_id: id,
		};
	},
});
