import {
	type McpServer,
	type ReadResourceResult,
	ResourceNotFoundError,
	ResourceTemplate,
} from '@modelcontextprotocol/server';
import { failureOf } from '../api/call-failure.ts';
import { inspectDataset } from '../contract/evaluation/inspect-dataset.ts';
import type { McpContext } from './context.ts';
import { runOutput } from './evaluation/run-output.ts';

/** Most items in a list: the newest. */
const listed = 100;

/** Samples of a dataset that a client reads. */
const samplesShown = 20;

const json = 'application/json';

/** Offers runs and datasets as resources. */
export function offerResources(server: McpServer, { withApplication }: McpContext): void {
	server.registerResource(
		'run',
		new ResourceTemplate('assay://runs/{id}', {
			list: async () => {
				const { runs } = await withApplication((client) => client.evaluations.list({}));
				return {
					resources: runs.slice(0, listed).map(({ id, name, status, dataset }) => ({
						uri: `assay://runs/${id}`,
						name: `Run ${id}: ${name}`,
						description: `${status}, ${dataset.name}`,
						mimeType: json,
					})),
				};
			},
		}),
		{ title: 'Evaluation run', description: 'Scores with intervals, by combination', mimeType: json },
		(uri, { id }) =>
			read(uri, ['run-unknown'], async () =>
				runOutput(await withApplication((client) => client.evaluations.get({ id: idOf(uri, id) }))),
			),
	);
	server.registerResource(
		'dataset',
		new ResourceTemplate('assay://datasets/{id}', {
			list: async () => {
				const { datasets } = await withApplication((client) => client.datasets.list({}));
				return {
					resources: datasets.slice(0, listed).map(({ id, name, latest }) => ({
						uri: `assay://datasets/${id}`,
						name,
						description: `${latest.samples} samples, version ${latest.number}`,
						mimeType: json,
					})),
				};
			},
		}),
		{ title: 'Dataset', description: 'What it holds, with its first samples', mimeType: json },
		(uri, { id }) =>
			read(uri, ['dataset-unknown'], () =>
				withApplication(async (client) => {
					const { dataset } = await client.datasets.get({ id: idOf(uri, id) });
					const { facets } = await inspectDataset(client, dataset);
					const { rows } = await client.datasets.samples.list({ versionId: dataset.latest.id, limit: samplesShown });
					return {
						id: dataset.id,
						name: dataset.name,
						description: dataset.description,
						version: dataset.latest.number,
						samples: dataset.latest.samples,
						splits: facets.splits,
						tags: facets.tags,
						columns: facets.variables,
						first_samples: rows.map(({ key, input, target, split, tags }) => ({ key, input, target, split, tags })),
					};
				}),
			),
	);
}

function idOf(uri: URL, id: string | string[] | undefined): number {
	const number = Number(id);
	if (Number.isSafeInteger(number) && number > 0) return number;
	throw new ResourceNotFoundError(uri.href);
}

async function read(uri: URL, unknown: readonly string[], work: () => Promise<object>): Promise<ReadResourceResult> {
	try {
		return { contents: [{ uri: uri.href, mimeType: json, text: JSON.stringify(await work()) }] };
	} catch (error) {
		if (error instanceof ResourceNotFoundError) throw error;
		const failure = failureOf(error);
		if (unknown.includes(failure.code)) throw new ResourceNotFoundError(uri.href);
		throw failure;
	}
}
