import { type Command, Option } from 'commander';
import type { Message } from '../../../contract/conversation/schema.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { moment } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { addEmptyTrash } from './empty-trash.ts';
import { type ExportOptions, exportConversations } from './export.ts';
import { importConversations } from './import.ts';
import { addList } from './list.ts';
import { addOrganise } from './organise.ts';
import { addSearch } from './search.ts';
import { addSummary } from './summary.ts';

const addBranch: AddCommands = (conversations, execute) => {
	conversations
		.command('branch')
		.argument('<message-id>', 'number of the last message to copy', wholeNumber(1))
		.description('start a new conversation as a copy up to a message')
		.addHelpText('after', examples('conversations show 12 --json | jq .messages[].id', 'conversations branch 87'))
		.action((messageId: number, _options, command: Command) =>
			execute(command, (context) => branch(context, messageId)),
		);
};

async function branch(context: CommandContext, messageId: number): Promise<number> {
	const copy = await withApplication(context, (client) => client.conversations.branch({ messageId }));
	context.output.result({ conversations: [copy] }, `Branched into conversation ${copy.id}: ${copy.title}`);
	return exitCode.done;
}

/** Messages of one call. */
const messagesAtOnce = 500;

/** `assay conversations show <id>`: prints the current branch, first message to last. */
async function showConversation(context: CommandContext, id: number): Promise<number> {
	const { conversation, messages } = await withApplication(context, async (client) => {
		const thread = await client.conversations.get({ id, limit: messagesAtOnce });
		const pages = [thread.messages];
		// An application that runs answers its pages in between.
		for (let [first] = thread.messages; first !== undefined && first.parentId !== null; [first] = pages[0] ?? []) {
			pages.unshift((await client.conversations.earlier({ before: first.id, limit: messagesAtOnce })).messages);
		}
		return { conversation: thread.conversation, messages: pages.flat() };
	});
	const system = conversation.systemPrompt === '' ? [] : [`system:\n${conversation.systemPrompt}`];
	const parts = [`# ${conversation.title}`, ...system, ...messages.map(messageText)];
	context.output.result({ conversation, messages }, parts.join('\n\n'));
	return exitCode.done;
}

function messageText({ role, createdAt, status, content, failure, generation, attachments }: Message): string {
	const marks = [
		...(generation ? [generation.modelName] : []),
		...(status === 'complete' ? [] : [status]),
		...(failure ? [failure.message] : []),
	];
	const who = [`${role}, ${moment(createdAt)}`, ...marks].join(', ');
	const attached = attachments.map(({ name, characters }) => `[attached: ${name}, ${characters} characters]`);
	return [`${who}:`, ...attached, content].join('\n');
}

/** `import` and `export` of `assay conversations`. */
const addImportExport: AddCommands = (conversations, execute) => {
	const readId = wholeNumber(1);
	conversations
		.command('export')
		.argument('[ids...]', 'numbers of the conversations', (text: string, before: number[] = []) => [
			...before,
			readId(text),
		])
		.option('--all', 'all conversations that are not in the trash')
		.addOption(
			new Option('--format <format>', 'to read, or (json) to import again')
				.choices(['markdown', 'json', 'html'])
				.default('markdown'),
		)
		.option('--output <file>', 'write to this file instead of standard output')
		.option('--force', 'overwrite an existing file')
		.description('export conversations as a document, several as a zip archive')
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
		.option('--preview', 'show what would be imported, without importing it')
		.description(
			'import conversations exported from Assay, ChatGPT, Claude, Grok, Open WebUI, LM Studio or Jan; - reads standard input',
		)
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

export const addConversations: AddCommands = (program, execute) => {
	const conversations = program
		.command('conversations')
		.description('list, search, organise, export and import conversations');
	addList(conversations, execute);
	conversations
		.command('show')
		.argument('<id>', 'number of the conversation', wholeNumber(1))
		.description('print the messages of the current branch')
		.addHelpText('after', examples('conversations show 12'))
		.action((id: number, _options, command: Command) => execute(command, (context) => showConversation(context, id)));
	addSearch(conversations, execute);
	for (const add of [addSummary, addBranch, addOrganise, addEmptyTrash]) add(conversations, execute);
	addImportExport(conversations, execute);
};
