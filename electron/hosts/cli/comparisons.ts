import { readFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import { manifestText } from '../../contract/comparison/manifest-text.ts';
import type { SideBySide } from '../../contract/comparison/schema.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { comparisonText } from './comparison-text.ts';
import { exitCode } from './exit-codes.ts';
import { table } from './table.ts';
import { withApplication } from './with-application.ts';

const formats = ['markdown', 'csv', 'json'] as const;

interface ExportOptions {
	readonly format: (typeof formats)[number];
	readonly output?: string;
}

const idOf = wholeNumber(1);

/** `assay comparisons`: saved comparisons, including those from other computers. */
export const addComparisons: AddCommands = (program, execute) => {
	const group = program
		.command('comparisons')
		.description('list, show, export and import comparisons')
		.addHelpText(
			'after',
			examples('comparisons export 3 --output here.json', 'comparisons import there.json', 'comparisons beside 3'),
		);
	group
		.command('list')
		.description('list comparisons, newest first')
		.addHelpText('after', examples('comparisons list'))
		.action((_: object, command: Command) => execute(command, list));
	group
		.command('show')
		.description('show the verdict and the numbers of a comparison')
		.addHelpText('after', examples('comparisons show 3'))
		.argument('<id>', 'its number', idOf)
		.action((id: number, _: object, command: Command) => execute(command, (context) => show(context, id)));
	group
		.command('export')
		.description('write a comparison as a file; JSON can be imported on another computer')
		.addHelpText('after', examples('comparisons export 3 --format markdown', 'comparisons export 3 --output here.json'))
		.argument('<id>', 'its number', idOf)
		.addOption(new Option('--format <format>', 'file format').choices(formats).default('json'))
		.option('--output <file>', 'file to write (default: the terminal)')
		.action((id: number, options: ExportOptions, command: Command) =>
			execute(command, (context) => exportOne(context, id, options)),
		);
	group
		.command('manifest')
		.description('show the exact inputs, with a hash that identifies them')
		.addHelpText('after', examples('comparisons manifest 3', 'comparisons manifest 3 --json'))
		.argument('<id>', 'its number', idOf)
		.action((id: number, _: object, command: Command) => execute(command, (context) => manifest(context, id)));
	group
		.command('drop')
		.description('exclude a file from the table and the verdict, and keep its measurements')
		.addHelpText('after', examples('comparisons drop 3 model.Q2_K.gguf', 'comparisons drop 3 model.Q2_K.gguf --undo'))
		.argument('<id>', 'its number', idOf)
		.argument('<file>', 'name of the file in the table')
		.option('--undo', 'include it again', false)
		.action((id: number, file: string, { undo }: { undo: boolean }, command: Command) =>
			execute(command, (context) => drop(context, id, file, !undo)),
		);
	group
		.command('import <file>')
		.description('import a comparison exported as JSON on another computer')
		.addHelpText('after', examples('comparisons import there.json'))
		.action((path: string, _: object, command: Command) => execute(command, (context) => importOne(context, path)));
	group
		.command('beside')
		.description('show the same files on two computers side by side: speeds, conditions, and whether quality agrees')
		.addHelpText('after', examples('comparisons beside 3', 'comparisons beside 3 5'))
		.argument('<id>', 'its number', idOf)
		.argument('[other]', 'number of the other (default: the newest from another computer)', idOf)
		.action((id: number, other: number | undefined, _: object, command: Command) =>
			execute(command, (context) => showSideBySide(context, id, other ?? null)),
		);
	group
		.command('remove')
		.description('delete a comparison permanently')
		.addHelpText('after', examples('comparisons remove 3'))
		.argument('<id>', 'its number', idOf)
		.action((id: number, _: object, command: Command) => execute(command, (context) => remove(context, id)));
};

async function list(context: CommandContext): Promise<number> {
	return withApplication(context, async (client) => {
		const { comparisons } = await client.comparisons.list();
		const rows = comparisons.map(({ id, title, status, done, total, importedFrom }) => [
			...[String(id), title, status, `${done} of ${total}`, importedFrom ?? 'this computer'],
		]);
		const text =
			rows.length === 0
				? 'No comparisons yet. Start one: assay compare'
				: table(['ID', 'TITLE', 'STATUS', 'DONE', 'FROM'], rows);
		context.output.result({ comparisons }, text);
		return exitCode.done;
	});
}

async function show(context: CommandContext, id: number): Promise<number> {
	return withApplication(context, async (client) => {
		const comparison = await client.comparisons.get({ id });
		const { importedFrom } = comparison;
		const from = importedFrom === null ? '' : `From another computer: ${importedFrom}.\n\n`;
		context.output.result({ comparison }, `${from}${comparisonText(comparison)}`);
		return exitCode.done;
	});
}

async function exportOne(
	context: CommandContext,
	id: number,
	{ format, output: path }: ExportOptions,
): Promise<number> {
	return withApplication(context, async (client) => {
		const { fileName, text } = await client.comparisons.export({ id, format });
		if (path === undefined) {
			context.output.result({ fileName, text }, text.trimEnd());
			return exitCode.done;
		}
		await writeFile(path, text).catch((error: Error) => {
			throw unusable('file-unwritable', `${path} can’t be written (${error.message})`, 'Choose another place', error);
		});
		context.output.result({ path }, `Written to ${path}`);
		return exitCode.done;
	});
}

async function manifest(context: CommandContext, id: number): Promise<number> {
	return withApplication(context, async (client) => {
		const found = await client.comparisons.manifest({ id });
		context.output.result(found, manifestText(found));
		return exitCode.done;
	});
}

async function drop(context: CommandContext, id: number, file: string, dropped: boolean): Promise<number> {
	return withApplication(context, async (client) => {
		const before = await client.comparisons.get({ id });
		const candidate = (dropped ? before.rows : before.dropped).find(({ name }) => name === file);
		if (candidate === undefined) {
			throw new Failure({
				code: 'comparison-file-unknown',
				message: `Comparison ${id} has no ${dropped ? '' : 'excluded '}file ${file}.`,
				next: [`See its files: assay comparisons show ${id}`],
			});
		}
		const comparison = await client.comparisons.drop({ id, candidateId: candidate.candidateId, dropped });
		context.output.result({ comparison }, comparisonText(comparison));
		return exitCode.done;
	});
}

async function importOne(context: CommandContext, path: string): Promise<number> {
	const text = await readFile(path, 'utf8').catch((error: unknown) => {
		throw unusable('file-unreadable', `${path} can’t be read: ${unreadableReason(error)}`, 'Check the path', error);
	});
	return withApplication(context, async (client) => {
		const comparison = await client.comparisons.import({ text });
		const { id, title, importedFrom } = comparison;
		const words = `Imported as ${id}: ${title}, from ${importedFrom}. See: assay comparisons beside ${id}`;
		context.output.result({ comparison }, words);
		return exitCode.done;
	});
}

function unusable(code: string, message: string, next: string, cause: unknown): Failure {
	return new Failure({ code, message, next: [next] }, { cause });
}

async function showSideBySide(context: CommandContext, id: number, otherId: number | null): Promise<number> {
	return withApplication(context, async (client) => {
		const found = await client.comparisons.beside({ id, otherId });
		if (found.pair === null) {
			throw new Failure({
				code: 'comparison-alone',
				message: `No comparison from another computer shares a file with comparison ${id}.`,
				next: ['Import one: assay comparisons import <file>'],
			});
		}
		context.output.result(found, besideText(found.pair));
		return exitCode.done;
	});
}

function besideText({ files, machines, conditions, words }: NonNullable<SideBySide['pair']>): string {
	const [first = '', second = ''] = machines.map((machine) => (machine ?? 'this computer').toUpperCase());
	const speed = (side: (typeof files)[number]['sides'][number]): string =>
		side.generation === null ? '' : `${side.generation.median.toFixed(1)} ± ${side.generation.sd.toFixed(1)}`;
	const agree = { true: 'agrees', false: 'DIFFERS', null: 'different texts' };
	return [
		words,
		'',
		table(
			['FILE', `TOK/S, ${first}`, `TOK/S, ${second}`, 'QUALITY'],
			files.map(({ name, sides, agrees }) => [name, speed(sides[0]), speed(sides[1]), agree[`${agrees}`]]),
		),
		'',
		table(
			['CONDITION', first, second],
			conditions.map(({ name, sides }) => [name, ...sides]),
		),
	].join('\n');
}

async function remove(context: CommandContext, id: number): Promise<number> {
	return withApplication(context, async (client) => {
		await client.comparisons.remove({ id });
		context.output.result({ id }, 'Deleted');
		return exitCode.done;
	});
}
