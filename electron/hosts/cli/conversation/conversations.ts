import type { Command } from 'commander';
import { type AddCommands, examples, wholeNumber } from '../command.ts';
import { addImportExport } from '../exchange/add-exchange.ts';
import { addBranch } from './branch-conversation.ts';
import { addEmptyTrash } from './empty-trash.ts';
import { addList } from './list-conversations.ts';
import { addOrganise } from './organise.ts';
import { addSearch } from './search-conversations.ts';
import { showConversation } from './show-conversation.ts';

export const addConversations: AddCommands = (program, execute) => {
	const conversations = program
		.command('conversations')
		.description('list, search, organise, export and import conversations');
	addList(conversations, execute);
	conversations
		.command('show')
		.argument('<id>', 'number of the conversation', wholeNumber(1))
		.description('print the messages of its current branch')
		.addHelpText('after', examples('conversations show 12'))
		.action((id: number, _options, command: Command) => execute(command, (context) => showConversation(context, id)));
	addSearch(conversations, execute);
	for (const add of [addBranch, addOrganise, addEmptyTrash]) add(conversations, execute);
	addImportExport(conversations, execute);
};
