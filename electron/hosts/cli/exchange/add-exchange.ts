import { type Command, Option } from 'commander';
import { type AddCommands, examples, wholeNumber } from '../command.ts';
import { type ExportOptions, exportConversations } from './export.ts';
import { importConversations } from './import.ts';

/** `import` and `export` below `assay conversations`. */
export const addImportExport: AddCommands = (conversations, execute) => {
	const readId = wholeNumber(1);
	conversations
		.command('export')
		.argument('[ids...]', 'numbers of the conversations', (text: string, before: number[] = []) => [
			...before,
			readId(text),
		])
		.option('--all', 'all that are not in the trash')
		.addOption(
			new Option('--format <format>', 'to read, or (json) to import again')
				.choices(['markdown', 'json', 'html'])
				.default('markdown'),
		)
		.option('--output <file>', 'write it there instead of to standard output')
		.option('--force', 'replace the file')
		.description('write conversations as a document; of several, a zip archive')
		.addHelpText(
			'after',
			examples(
				'conversations export 12 > paris.md',
				'conversations export 12 --format html --output paris.html',
				'conversations export --all --format json --output backup.json',
			),
		)
		.action((ids: number[] | undefined, options: ExportOptions, command: Command) =>
			execute(command, (context) => exportConversations(context, ids ?? [], options)),
		);
	conversations
		.command('import <files...>')
		.option('--preview', 'say what would come in, and change nothing')
		.description('add what exports hold: of Assay, ChatGPT, Claude, Open WebUI, LM Studio, Jan; - reads standard input')
		.addHelpText(
			'after',
			examples(
				'conversations import backup.json',
				'conversations import chatgpt-export.zip --preview',
				'conversations import ~/.lmstudio/conversations',
			),
		)
		.action((files: string[], { preview }: { preview?: boolean }, command: Command) =>
			execute(command, (context) => importConversations(context, files, { preview: preview ?? false })),
		);
};
