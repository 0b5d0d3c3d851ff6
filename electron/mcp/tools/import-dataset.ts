import { resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { findDataset } from '../../contract/dataset/find-dataset.ts';
import { datasetNameSchema } from '../../contract/dataset/schema.ts';
import { defineTool, type ToolCall } from '../tool.ts';
import { untilJobEnded } from '../wait.ts';

const input = z.object({
	text: z.string().min(1).max(20_000_000).optional().describe('JSON Lines, JSON, CSV or YAML with the samples'),
	name: datasetNameSchema.optional().describe('Of the new dataset'),
	into: z.string().max(200).optional().describe('Add to this dataset instead, by name or number'),
	input: z.string().max(200).optional().describe('Column of the question, if it is not found by itself'),
	target: z.string().max(200).optional().describe('Column of the expected answer'),
	skip_duplicates: z.boolean().default(false),
});

const localInput = input.extend({
	files: z.array(z.string().min(1)).max(100).optional().describe('Instead of text: paths on this computer'),
});

const output = z.object({
	dataset: z.object({ id: z.int(), name: z.string(), version: z.int(), samples: z.int() }),
	added: z.int(),
	duplicates: z.int(),
	skipped: z.int(),
	problems: z.array(z.string()),
});

const facts = {
	name: 'import_dataset',
	title: 'Import a dataset',
	scope: 'evaluation',
	output,
	annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
} as const;

/** For clients elsewhere: they send the samples, and can't make Assay read a file. */
export const importDataset = defineTool({
	...facts,
	description: 'Imports samples (question, expected answer, choices) as a dataset to evaluate models on.',
	input,
	run: (given, call) => imported(given, call, previewOfText(given.text, given.name)),
});

/** For clients that this user started: they may name files, which they could read themselves. */
export const importLocalDataset = defineTool({
	...facts,
	description:
		'Imports samples (question, expected answer, choices) from files or text as a dataset to evaluate models on.',
	input: localInput,
	run: ({ files, ...given }, call) =>
		imported(
			given,
			call,
			files === undefined ? previewOfText(given.text, given.name) : { paths: files.map((path) => resolve(path)) },
		),
});

type Preview = Parameters<ToolCall['client']['datasets']['imports']['preview']>[0];

function previewOfText(text: string | undefined, name: string | undefined): Preview {
	if (text !== undefined) return { text, ...(name === undefined ? {} : { name }) };
	throw new Failure({ code: 'nothing-to-import', message: 'There are no samples.', next: ['Give them as text'] });
}

async function imported(
	given: z.output<typeof input>,
	call: ToolCall,
	source: Preview,
): Promise<z.input<typeof output>> {
	const { client } = call;
	const { imports } = client.datasets;
	const into = given.into === undefined ? null : await findDataset(client, given.into);
	const previewId = (await untilJobEnded(call, await imports.preview(source), 'Reading')).id;
	let found = await imports.previewed({ jobId: previewId });
	const columns = [given.input, given.target].filter((column) => column !== undefined);
	const missing = columns.find((column) => !found.columns.some(({ name }) => name === column));
	if (missing !== undefined || (columns.length > 0 && found.mapping === null)) {
		throw new Failure({
			code: 'column-unknown',
			message: `There is no column “${missing ?? columns[0]}”.`,
			next: [`Available: ${found.columns.map(({ name }) => name).join(', ')}`],
		});
	}
	const mapping =
		columns.length === 0 || found.mapping === null
			? null
			: {
					...found.mapping,
					...(given.input === undefined ? {} : { input: given.input }),
					...(given.target === undefined ? {} : { target: given.target }),
				};
	if (mapping !== null) found = await imports.reread({ jobId: previewId, mapping, table: null });
	const started = await imports.start({
		previewId,
		into:
			into === null
				? { kind: 'new', name: given.name ?? found.name }
				: { kind: 'existing', datasetId: into.id, mode: 'append' },
		mapping,
		duplicates: given.skip_duplicates ? 'skip' : 'keep',
	});
	const { id } = await untilJobEnded(call, started, 'Importing');
	const { dataset, version, added, duplicates, skipped, problems } = await imports.report({ jobId: id });
	return {
		dataset: { id: dataset.id, name: dataset.name, version: version.number, samples: version.samples },
		added,
		duplicates,
		skipped,
		problems: problems.slice(0, 20).map(({ where, what }) => `${where}: ${what}`),
	};
}
