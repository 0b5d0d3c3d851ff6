import type { Message } from '../../../contract/conversation.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment } from '../table.ts';

/** `assay conversations show <id>`: the current branch, first message to last. */
export async function showConversation(context: CommandContext, id: number): Promise<number> {
	const { conversation, messages } = await withApplication(context, (client) => client.conversations.get({ id }));
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
