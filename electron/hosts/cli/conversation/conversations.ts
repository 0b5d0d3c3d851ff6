import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { Failure } from '../../../../models/contract/failure.ts';
import type { Client } from '../../ownership/attach.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment, oneLine, table } from '../table.ts';
import { showConversation } from './show-conversation.ts';

/** Most that one call of the contract answers with. */
const pageSize = 500;

export const addConversations: AddCommands = (program, execute) => {
	const conversations = program.command('conversations').description('what was said');
	const readId = wholeNumber(1);
	conversations
		.command('list')
		.description('list conversations, newest first')
		.option('--limit <n>', 'how many', wholeNumber(1), 50)
		.addHelpText('after', examples('conversations list --limit 10'))
		.action(({ limit }: { limit: number }, command: Command) =>
			execute(command, (context) => listConversations(context, limit)),
		);
	conversations
		.command('show')
		.argument('<id>', 'number of the conversation', readId)
		.description('print the messages of its current branch')
		.addHelpText('after', examples('conversations show 12'))
		.action((id: number, _options, command: Command) => execute(command, (context) => showConversation(context, id)));
	conversations
		.command('search <text>')
		.description('find messages by their words')
		.option('--limit <n>', 'how many', wholeNumber(1, 200), 50)
		.addHelpText('after', examples('conversations search Paris'))
		.action((text: string, { limit }: { limit: number }, command: Command) =>
			execute(command, (context) => searchConversations(context, text, limit)),
		);
	conversations
		.command('export')
		.argument('<id>', 'number of the conversation', readId)
		.addOption(new Option('--format <format>', 'of the text').choices(['markdown', 'json']).default('markdown'))
		.description('print it as a document')
		.addHelpText('after', examples('conversations export 12 > paris.md', 'conversations export 12 --format json'))
		.action((id: number, { format }: { format: 'markdown' | 'json' }, command: Command) =>
			execute(command, (context) => exportConversation(context, id, format)),
		);
	conversations
		.command('import <file>')
		.description('add what an export holds; - reads standard input')
		.addHelpText('after', examples('conversations import backup.json'))
		.action((file: string, _options, command: Command) =>
			execute(command, (context) => importConversations(context, file)),
		);
};

async function listConversations(context: CommandContext, limit: number): Promise<number> {
	const conversations = await withApplication(context, (client) => newest(client, limit));
	const rows = conversations.map(({ id, updatedAt, title }) => [String(id), moment(updatedAt), oneLine(title, 80)]);
	const text =
		rows.length > 0 ? table(['ID', 'CHANGED', 'TITLE'], rows) : 'No conversations yet. Start one: assay chat';
	context.output.result({ conversations }, text);
	return exitCode.done;
}

async function newest(client: Client, limit: number) {
	const found = [];
	while (found.length < limit) {
		const last = found.at(-1);
		const { conversations } = await client.conversations.list({
			limit: Math.min(pageSize, limit - found.length),
			...(last ? { before: { updatedAt: last.updatedAt, id: last.id } } : {}),
		});
		if (conversations.length === 0) break;
		found.push(...conversations);
	}
	return found;
}

async function searchConversations(context: CommandContext, text: string, limit: number): Promise<number> {
	const { hits } = await withApplication(context, (client) => client.conversations.search({ text, limit }));
	const conversations = hits.map(({ conversationId, snippet, ...hit }) => ({
		id: conversationId,
		...hit,
		snippet: snippet.replace(/[\uE000\uE001]/g, ''),
	}));
	const rows = conversations.map(({ id, at, title, snippet }) => [
		String(id),
		moment(at),
		oneLine(title, 40),
		oneLine(snippet, 100),
	]);
	const shown = rows.length > 0 ? table(['ID', 'WHEN', 'TITLE', 'FOUND'], rows) : `Nothing was found for "${text}"`;
	context.output.result({ conversations }, shown);
	return exitCode.done;
}

async function exportConversation(context: CommandContext, id: number, format: 'markdown' | 'json'): Promise<number> {
	const exported = await withApplication(context, (client) => client.conversations.export({ id, format }));
	context.output.result({ format, ...exported }, exported.text);
	return exitCode.done;
}

async function importConversations(context: CommandContext, file: string): Promise<number> {
	const text = file === '-' ? await readAll(process.stdin) : readFile(file);
	const { conversations, skipped } = await withApplication(context, (client) => client.conversations.import({ text }));
	const lines = [
		`Imported ${conversations.length} ${conversations.length === 1 ? 'conversation' : 'conversations'}`,
		...conversations.map(({ id, title }) => `  ${id}  ${oneLine(title, 80)}`),
		...skipped.map(({ what, why }) => `Left out ${what}: ${why}`),
	];
	context.output.result({ conversations, skipped }, lines.join('\n'));
	return exitCode.done;
}

function readFile(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw new Failure(
			{ code: 'file-unreadable', message: `${file} cannot be read (${why})`, next: ['Check the path and its rights'] },
			{ cause: error },
		);
	}
}
