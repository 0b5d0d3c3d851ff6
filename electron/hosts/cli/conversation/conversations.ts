import type { Command } from 'commander';
import type { Client } from '../../ownership/attach.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { addExchange } from '../exchange/add-exchange.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment, oneLine, table } from '../table.ts';
import { addSearch } from './search-conversations.ts';
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
	addSearch(conversations, execute);
	addExchange(conversations, execute);
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
