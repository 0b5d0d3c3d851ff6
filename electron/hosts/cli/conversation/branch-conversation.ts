import type { Command } from 'commander';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';

export const addBranch: AddCommands = (conversations, execute) => {
	conversations
		.command('branch')
		.argument('<message-id>', 'number of the message that it ends with', wholeNumber(1))
		.description('begin a new conversation as a copy up to a message')
		.addHelpText('after', examples('conversations show 12 --json | jq .messages[].id', 'conversations branch 87'))
		.action((messageId: number, _options, command: Command) =>
			execute(command, (context) => branch(context, messageId)),
		);
};

async function branch(context: CommandContext, messageId: number): Promise<number> {
	const made = await withApplication(context, (client) => client.conversations.branch({ messageId }));
	context.output.result({ conversations: [made] }, `Branched into conversation ${made.id}: ${made.title}`);
	return exitCode.done;
}
