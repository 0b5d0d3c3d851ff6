import { type Command, InvalidArgumentError, Option } from 'commander';
import { textEncodingSchema } from '../../../contract/text-encoding.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { collect } from '../list-option.ts';
import { moment, oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { type CheckOptions, checkDataset, gates } from './check.ts';
import { type ExportOptions, exportDataset } from './export.ts';
import { type ImportOptions, importDataset } from './import.ts';
import { type ShowOptions, showDataset } from './show.ts';

async function listDatasets(context: CommandContext): Promise<number> {
	const { datasets } = await withApplication(context, (client) => client.datasets.list({}));
	const listed = datasets.map(({ id, name, description, starterId, latest, versions, updatedAt }) => ({
		id,
		name,
		description,
		starterId,
		versions,
		updatedAt,
		version: latest.number,
		versionId: latest.id,
		draft: latest.frozenAt === null,
		samples: latest.samples,
		sha256: latest.sha256,
	}));
	const rows = listed.map(({ id, name, version, draft, samples, starterId, updatedAt }) => [
		String(id),
		oneLine(name, 50),
		samples.toLocaleString('en'),
		`${version}${draft ? ' (draft)' : ''}`,
		starterId === null ? moment(updatedAt) : 'included',
	]);
	context.output.result(
		{ datasets: listed },
		rows.length === 0
			? 'No datasets yet. Add one: assay datasets import <file>'
			: table(['ID', 'NAME', 'SAMPLES', 'VERSION', 'CHANGED'], rows),
	);
	return exitCode.done;
}

export const addDatasets: AddCommands = (program, execute) => {
	const datasets = program.command('datasets').description('list, import, check and export datasets');
	datasets
		.command('list')
		.description('list datasets with their newest version')
		.addHelpText('after', examples('datasets list', 'datasets list --json'))
		.action((_options, command: Command) => execute(command, listDatasets));
	withVersion(datasets.command('show <dataset>'))
		.description('show a dataset’s versions, splits, tags and first samples')
		.option('--limit <n>', 'number of samples', wholeNumber(0), 10)
		.option('--offset <n>', 'first sample to show', wholeNumber(0), 0)
		.option('--text <text>', 'only samples containing this text')
		.option('--split <split>', 'only this split')
		.option('--tag <tag>', 'only samples with this tag; repeat to require several', collect, [])
		.addHelpText('after', examples('datasets show Arithmetic', 'datasets show 3 --split test --limit 100 --json'))
		.action((name: string, options: ShowOptions, command: Command) =>
			execute(command, (context) => showDataset(context, name, options)),
		);
	datasets
		.command('import <files...>')
		.description('import samples from CSV, TSV, JSON, JSONL, promptfoo or Inspect files, or a published benchmark')
		.option('--name <name>', 'name of the new dataset (default: from the file)')
		.option('--into <dataset>', 'add to this dataset’s draft instead')
		.option('--replace', 'with --into: replace the draft’s samples; ids are used to detect changes')
		.addOption(
			new Option('--format <format>', 'columns: map columns, whatever format is detected')
				.choices(['auto', 'columns'])
				.default('auto'),
		)
		.option('--input <column>', 'question column, or a template such as "{{title}}: {{text}}"')
		.option('--target <column>', 'column of the expected answer; "" for none')
		.addOption(
			new Option('--target-is <form>', 'contents of the target column').choices([
				'text',
				'index-from-0',
				'index-from-1',
				'letter',
			]),
		)
		.option('--choices <columns>', 'columns with one choice each, or one column with a list; comma-separated', names)
		.option('--id <column>', 'id column; "" for none')
		.option('--split-column <column>', 'split column')
		.option('--tags-column <columns>', 'tag columns, comma-separated', names)
		.option('--cluster <column>', 'column of groups: rows with the same value aren’t independent')
		.option('--split <split>', 'split of rows without one')
		.option('--tag <tag>', 'add this tag to every sample; repeatable', collect, [])
		.option('--delimiter <mark>', 'delimiter of table cells', oneMark)
		.addOption(
			new Option('--quotes <kind>', 'literal: treat " as an ordinary character').choices(['standard', 'literal']),
		)
		.addOption(new Option('--encoding <name>', 'text encoding').choices(textEncodingSchema.options))
		.option('--no-head', 'the first table row is data, not column names')
		.option('--limit <n>', 'only the first n rows', wholeNumber(1))
		.option(
			'--skip-duplicates',
			'skip duplicate rows, ignoring case, accents, spaces, quotation marks and punctuation at word ends',
		)
		.option('--preview', 'show what would be imported, without importing')
		.addHelpText(
			'after',
			examples(
				'datasets import questions.csv --name "My questions" --input question --target answer',
				'datasets import mmlu/ --preview',
				'datasets import more.jsonl --into "My questions" --skip-duplicates',
				'datasets import - --name Piped < rows.jsonl',
			),
		)
		.action((files: string[], options: ImportOptions, command: Command) =>
			execute(command, (context) => importDataset(context, files, options)),
		);
	withVersion(datasets.command('export <dataset>'))
		.description('export samples to a file')
		.addOption(
			new Option('--format <format>', 'jsonl: all data, can be imported again')
				.choices(['jsonl', 'messages', 'preference', 'csv', 'promptfoo', 'inspect'])
				.default('jsonl'),
		)
		.option('--split <split>', 'only this split')
		.option('--tag <tag>', 'only samples with this tag; repeat to require several', collect, [])
		.option('--output <file>', 'output file (default: standard output)')
		.option('--force', 'overwrite an existing file')
		.addHelpText(
			'after',
			examples(
				'datasets export Arithmetic > arithmetic.jsonl',
				'datasets export 3 --format promptfoo --output tests.yaml',
				'datasets export 3 --format messages --split train --output train.jsonl',
			),
		)
		.action((name: string, options: ExportOptions, command: Command) =>
			execute(command, (context) => exportDataset(context, name, options)),
		);
	withVersion(datasets.command('check <dataset>'))
		.description('check for duplicates, overlapping splits and personal data, and measure lengths')
		.option('--near <share>', 'similarity from which samples count as near duplicates; 0 to skip', nearShare, 0.8)
		.option('--model <model>', 'count tokens with this model (default: count words)')
		.addOption(
			new Option('--fail-on <what>', `exit with code 3 if any are found; repeatable: ${gates.join(', ')}`)
				.argParser((text: string, before: readonly string[]) => gate(text, before))
				.default([]),
		)
		.addHelpText('after', examples('datasets check 3', 'datasets check 3 --fail-on overlap --fail-on personal --json'))
		.action((name: string, options: CheckOptions, command: Command) =>
			execute(command, (context) => checkDataset(context, name, options)),
		);
};

function withVersion(command: Command): Command {
	return command.option('--version-number <n>', 'version (default: the newest)', wholeNumber(1));
}

function names(text: string): readonly string[] {
	return text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

function oneMark(text: string): string {
	const mark = text === '\\t' || text === 'tab' ? '\t' : text;
	if (mark.length >= 1 && mark.length <= 4) return mark;
	throw new InvalidArgumentError('Must be one to four characters, or "tab".');
}

function nearShare(text: string): number {
	const share = Number(text);
	if (text.trim() !== '' && (share === 0 || (share >= 0.5 && share <= 0.99))) return share;
	throw new InvalidArgumentError('Must be a number from 0.5 to 0.99, or 0.');
}

function gate(text: string, before: readonly string[]): readonly string[] {
	if ((gates as readonly string[]).includes(text)) return [...before, text];
	throw new InvalidArgumentError(`Must be one of ${gates.join(', ')}.`);
}
