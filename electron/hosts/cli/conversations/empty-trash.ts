import { Argument, type Command } from 'commander';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { counted, moment } from '../table.ts';
import { withApplication } from '../with-application.ts';

interface EmptyOptions {
	readonly yes?: true;
	readonly backups?: true;
}

/** `assay conversations empty-trash`: without --yes it only reports what would be deleted. */
export const addEmptyTrash: AddCommands = (conversations, execute) => {
	conversations
		.command('empty-trash')
		.addArgument(
			new Argument('[id...]', 'only these conversations').argParser((text: string, before: readonly number[] = []) => [
				...before,
				wholeNumber(1)(text),
			]),
		)
		.option('--yes', 'confirm; this can’t be undone')
		.option('--backups', 'also replace all backups with a fresh one')
		.description('permanently delete everything in the trash')
		.addHelpText('after', examples('conversations empty-trash', 'conversations empty-trash --yes --backups'))
		.action((ids: number[] | undefined, options: EmptyOptions, command: Command) =>
			execute(command, (context) => emptyTrash(context, ids ?? [], options)),
		);
};

async function emptyTrash(context: CommandContext, ids: readonly number[], options: EmptyOptions): Promise<number> {
	if (!options.yes) return preview(context, ids);
	const emptied = await withApplication(context, (client) =>
		client.trash.empty({ ...(ids.length === 0 ? {} : { ids: [...ids] }), backups: options.backups ?? false }),
	);
	const { conversations, messages, backupsRemoved } = emptied;
	const backups = options.backups ? `; ${counted(backupsRemoved, 'backup')} replaced` : '';
	const text = `${counted(conversations, 'conversation')} with ${counted(messages, 'message')} deleted for good${backups}`;
	context.output.result({ deleted: true, ...emptied }, text);
	return exitCode.done;
}

async function preview(context: CommandContext, ids: readonly number[]): Promise<number> {
	const found = await withApplication(context, (client) => client.trash.preview());
	const { conversations, messages, backups, backupsGoneAt } = found;
	const what =
		ids.length === 0
			? `${counted(conversations, 'conversation')} with ${counted(messages, 'message')} would be deleted for good.`
			: `Up to ${counted(ids.length, 'conversation')} would be deleted for good.`;
	const kept =
		backups === 0
			? []
			: [
					`${counted(backups, 'backup')} may still contain it until ${moment(backupsGoneAt)} at the latest; --backups replaces them now.`,
				];
	const text =
		conversations === 0
			? 'The trash is empty'
			: [what, ...kept, 'Nothing was deleted. To delete, add --yes.'].join('\n');
	context.output.result({ deleted: false, ...found }, text);
	return exitCode.done;
}
