import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failureOf } from '../../../api/call-failure.ts';
import { findDataset } from '../../../contract/dataset/find-dataset.ts';
import type { DatasetImportReport, ImportPreview, Mapping, TableOptions } from '../../../contract/dataset/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { saveStandardInput } from '../standard-input.ts';
import { counted, oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface ImportOptions {
	readonly name?: string;
	readonly into?: string;
	readonly replace?: boolean;
	readonly format: 'auto' | 'columns';
	readonly input?: string;
	readonly target?: string;
	readonly targetIs?: Mapping['targetIs'];
	readonly choices?: readonly string[];
	readonly id?: string;
	readonly splitColumn?: string;
	readonly tagsColumn?: readonly string[];
	readonly cluster?: string;
	readonly split?: string;
	readonly tag: readonly string[];
	readonly delimiter?: string;
	readonly quotes?: TableOptions['quotes'];
	readonly encoding?: TableOptions['encoding'];
	/** false if --no-head is given. */
	readonly head: boolean;
	readonly limit?: number;
	readonly skipDuplicates?: boolean;
	readonly preview?: boolean;
}

const problemsShown = 20;

/** `assay datasets import <file>…`: previews the files, then imports their samples. */
export async function importDataset(
	context: CommandContext,
	files: readonly string[],
	options: ImportOptions,
): Promise<number> {
	if (options.name !== undefined && options.into !== undefined)
		throw new UsageError('use either --name or --into, not both');
	if (options.replace === true && options.into === undefined)
		throw new UsageError('--replace requires --into <dataset>');
	const piped = files.includes('-') ? await saveStandardInput(context.streams.stdin, 'standard-input.txt') : null;
	try {
		const paths = files.map((file) => (file === '-' && piped !== null ? piped.path : resolve(file)));
		return await withApplication(context, (client) => runImport(context, client, paths, options));
	} finally {
		if (piped !== null) await rm(piped.folder, { recursive: true, force: true });
	}
}

async function runImport(
	context: CommandContext,
	client: Client,
	paths: readonly string[],
	options: ImportOptions,
): Promise<number> {
	const { interrupt, output } = context;
	const { imports } = client.datasets;
	const table = tableOf(options);
	const looking = await imports.preview({ paths: [...paths] });
	const previewId = looking.id;
	try {
		if ((await followJob(client, looking, 'Reading', context)) === null) return interrupt.exitCode;
	} catch (error) {
		if (table === null || failureOf(error).code !== 'table-unreadable') throw error;
	}
	let found =
		table === null
			? await imports.previewed({ jobId: previewId })
			: await imports.reread({ jobId: previewId, mapping: null, table });
	const mapping = mappingOf(found, options);
	if (mapping !== null) found = await imports.reread({ jobId: previewId, mapping, table });
	if (options.preview === true) {
		await imports.discard({ previewId });
		output.result({ preview: true, ...found }, previewText(found));
		return found.rows === 0 ? exitCode.failed : exitCode.done;
	}
	const into = options.into === undefined ? null : await findDataset(client, options.into);
	const job = await imports.start({
		previewId,
		into:
			into === null
				? { kind: 'new', name: options.name ?? (await freeName(client, found.name)) }
				: { kind: 'existing', datasetId: into.id, mode: options.replace === true ? 'replace' : 'append' },
		mapping,
		table,
		...(options.split === undefined ? {} : { split: options.split }),
		tags: [...options.tag],
		duplicates: options.skipDuplicates === true ? 'skip' : 'keep',
		limit: options.limit ?? null,
	});
	const done = await followJob(client, job, 'Importing', context);
	if (done === null) return interrupt.exitCode;
	const report = await imports.report({ jobId: done.id });
	output.result(documentOf(report), reportText(report));
	return exitCode.done;
}

/** Appends a number if needed, because a name derived from the file must not block a second import of it. */
async function freeName(client: Client, name: string): Promise<string> {
	const { datasets } = await client.datasets.list({});
	const taken = new Set(datasets.map((each) => each.name.toLowerCase()));
	if (!taken.has(name.toLowerCase())) return name;
	for (let number = 2; ; number += 1) if (!taken.has(`${name} ${number}`.toLowerCase())) return `${name} ${number}`;
}

function tableOf({ delimiter, quotes, encoding, head }: ImportOptions): TableOptions | null {
	const said: TableOptions = {
		...(delimiter === undefined ? {} : { delimiter }),
		...(quotes === undefined ? {} : { quotes }),
		...(encoding === undefined ? {} : { encoding }),
		...(head ? {} : { head: false }),
	};
	return Object.keys(said).length === 0 ? null : said;
}

/** Returns the preview's mapping overridden by the column options; null: no options given. */
function mappingOf(found: ImportPreview, options: ImportOptions): Mapping | null {
	const { input, target, targetIs, choices, id, splitColumn, tagsColumn, cluster, format } = options;
	const said = [input, target, targetIs, choices, id, splitColumn, tagsColumn, cluster].some(
		(each) => each !== undefined,
	);
	if (!said && format === 'auto') return null;
	const guessed = found.mapping;
	if (input === undefined && guessed === null) {
		throw new UsageError(
			`the file was detected as ${found.formatText}. To map columns instead, name the question column: --input <column>`,
		);
	}
	const columnOf = (column: string | undefined, otherwise: string | null): string | null =>
		column === undefined ? otherwise : column === '' ? null : column;
	const mapping: Mapping = {
		input: input ?? guessed?.input ?? '',
		target: columnOf(target, guessed?.target ?? null),
		choices: [...(choices ?? guessed?.choices ?? [])],
		choiceSeparator: guessed?.choiceSeparator ?? '',
		targetIs: targetIs ?? guessed?.targetIs ?? 'text',
		key: columnOf(id, guessed?.key ?? null),
		split: columnOf(splitColumn, guessed?.split ?? null),
		tags: [...(tagsColumn ?? guessed?.tags ?? [])],
		cluster: columnOf(cluster, guessed?.cluster ?? null),
		metadata: [...(guessed?.metadata ?? [])],
	};
	assertColumns(found, mapping);
	return mapping;
}

function assertColumns({ columns }: ImportPreview, mapping: Mapping): void {
	const { input, target, choices, key, split, tags, cluster } = mapping;
	const known = columns.map(({ name }) => name);
	const used = [input.includes('{{') ? null : input, target, ...choices, key, split, ...tags, cluster];
	const missing = used.find((column) => column !== null && !known.includes(column));
	if (missing == null) return;
	throw new UsageError(`there is no column "${missing}"; available: ${known.join(', ')}`);
}

function documentOf({ dataset, version, ...counts }: DatasetImportReport): object {
	const { id, name } = dataset;
	return { dataset: { id, name, version: version.number, samples: version.samples }, ...counts };
}

function reportText({ dataset, version, added, duplicates, renamed, skipped, problems }: DatasetImportReport): string {
	const lines = [
		`Imported ${counted(added, 'sample')} into “${dataset.name}” (${dataset.id}), version ${version.number}`,
		...(duplicates > 0 ? [`Skipped ${counted(duplicates, 'duplicate row')}`] : []),
		...(renamed > 0 ? [`Renamed ${counted(renamed, 'duplicate id')} by adding a number`] : []),
		...(skipped > 0 ? [`Skipped ${counted(skipped, 'row')}`] : []),
		...problems.slice(0, problemsShown).map(({ where, what }) => `  ${where}: ${what}`),
		...(problems.length > problemsShown ? [`  … and ${problems.length - problemsShown} more`] : []),
	];
	return lines.join('\n');
}

function previewText(found: ImportPreview): string {
	const { formatText, rows, rowsExact, mapping, columns, samples, problems, name } = found;
	const said =
		mapping === null
			? []
			: [
					['input', mapping.input],
					['target', mapping.target ?? ''],
				];
	if (mapping !== null && mapping.choices.length > 0) said.push(['choices', mapping.choices.join(', ')]);
	if (mapping?.key != null) said.push(['id', mapping.key]);
	const lines = [
		`${formatText}: ${rowsExact ? '' : 'about '}${counted(rows, 'sample')}, as “${name}”`,
		...said.map(([what, column]) => `  ${what}: ${column}`),
		`  columns: ${columns.map((column) => column.name).join(', ')}`,
		'',
		table(
			['ID', 'SPLIT', 'INPUT', 'TARGET'],
			samples.map(({ key, split, input, target }) => [
				oneLine(key, 24),
				split,
				oneLine(typeof input === 'string' ? input : (input.at(-1)?.content ?? ''), 70),
				oneLine(target ?? '', 30),
			]),
		),
		...problems.slice(0, problemsShown).map(({ where, what }) => `${where}: ${what}`),
	];
	return lines.join('\n');
}
