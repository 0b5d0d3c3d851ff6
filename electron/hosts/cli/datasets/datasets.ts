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
		starterId === null ? moment(updatedAt) : 'comes with Assay',
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
	const datasets = program.command('datasets').description('list, import, check and export samples to evaluate with');
	datasets
		.command('list')
		.description('list datasets with their newest version')
		.addHelpText('after', examples('datasets list', 'datasets list --json'))
		.action((_options, command: Command) => execute(command, listDatasets));
	withVersion(datasets.command('show <dataset>'))
		.description('show a dataset: its versions, splits and tags, and its first samples')
		.option('--limit <n>', 'how many samples', wholeNumber(0), 10)
		.option('--offset <n>', 'from which one on', wholeNumber(0), 0)
		.option('--text <text>', 'only samples that hold this text')
		.option('--split <split>', 'only of this split')
		.option('--tag <tag>', 'only with this tag; several times: with all of them', collect, [])
		.addHelpText('after', examples('datasets show Arithmetic', 'datasets show 3 --split test --limit 100 --json'))
		.action((name: string, options: ShowOptions, command: Command) =>
			execute(command, (context) => showDataset(context, name, options)),
		);
	datasets
		.command('import <files...>')
		.description('add samples from CSV, TSV, JSON, JSONL, promptfoo or Inspect files, or a published test set')
		.option('--name <name>', 'of the new dataset; left out: made of the file')
		.option('--into <dataset>', 'add to the draft of this dataset instead')
		.option('--replace', 'with --into: the draft holds nothing else; ids tell what changed')
		.addOption(
			new Option('--format <format>', 'columns: by columns, whatever form the file seems to have')
				.choices(['auto', 'columns'])
				.default('auto'),
		)
		.option('--input <column>', 'the question: a column, or a template such as "{{title}}: {{text}}"')
		.option('--target <column>', 'the expected answer; "" for none')
		.addOption(
			new Option('--target-is <form>', 'what the target column holds').choices([
				'text',
				'index-from-0',
				'index-from-1',
				'letter',
			]),
		)
		.option('--choices <columns>', 'columns of one choice each, or one that holds a list, separated by commas', names)
		.option('--id <column>', 'an id of each row; "" for none')
		.option('--split-column <column>', 'names the split of each row')
		.option('--tags-column <columns>', 'hold tags of each row, separated by commas', names)
		.option('--cluster <column>', 'rows that share a value are not independent')
		.option('--split <split>', 'split of rows that say none')
		.option('--tag <tag>', 'given to every sample; several times', collect, [])
		.option('--delimiter <mark>', 'separates the cells of a table', oneMark)
		.addOption(
			new Option('--quotes <kind>', 'literal: a " is a character like any other').choices(['standard', 'literal']),
		)
		.addOption(new Option('--encoding <name>', 'of the text').choices(textEncodingSchema.options))
		.option('--no-head', 'the first row of a table is a sample, not the names of columns')
		.option('--limit <n>', 'only the first rows', wholeNumber(1))
		.option(
			'--skip-duplicates',
			'leave out rows that ask and expect the same as another; case, accents, spaces, quotation marks and marks at the end of words do not count',
		)
		.option('--preview', 'say what would come in, and change nothing')
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
		.description('write the samples of a version as a file')
		.addOption(
			new Option('--format <format>', 'jsonl: everything, to import again')
				.choices(['jsonl', 'messages', 'preference', 'csv', 'promptfoo', 'inspect'])
				.default('jsonl'),
		)
		.option('--split <split>', 'only of this split')
		.option('--tag <tag>', 'only with this tag; several times: with all of them', collect, [])
		.option('--output <file>', 'write it there instead of to standard output')
		.option('--force', 'replace the file')
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
		.description('look for duplicates, overlap of splits and personal data; say how long samples are')
		.option(
			'--near <share>',
			'share of pieces in common from which on two are near duplicates; 0 for none',
			nearShare,
			0.8,
		)
		.option('--model <model>', 'counts tokens with this model of the library; left out: words')
		.addOption(
			new Option('--fail-on <what>', `exit with 3 where there is any; several times: ${gates.join(', ')}`)
				.argParser((text: string, before: readonly string[]) => gate(text, before))
				.default([]),
		)
		.addHelpText('after', examples('datasets check 3', 'datasets check 3 --fail-on overlap --fail-on personal --json'))
		.action((name: string, options: CheckOptions, command: Command) =>
			execute(command, (context) => checkDataset(context, name, options)),
		);
};

function withVersion(command: Command): Command {
	return command.option('--version-number <n>', 'of which version; left out: the newest', wholeNumber(1));
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
	throw new InvalidArgumentError('It must be one to four characters, or "tab".');
}

function nearShare(text: string): number {
	const share = Number(text);
	if (text.trim() !== '' && (share === 0 || (share >= 0.5 && share <= 0.99))) return share;
	throw new InvalidArgumentError('It must be a number from 0.5 to 0.99, or 0.');
}

function gate(text: string, before: readonly string[]): readonly string[] {
	if ((gates as readonly string[]).includes(text)) return [...before, text];
	throw new InvalidArgumentError(`It must be one of ${gates.join(', ')}.`);
}
