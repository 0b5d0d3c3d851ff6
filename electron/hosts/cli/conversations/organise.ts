import { Argument, type Command } from 'commander';
import type { Client } from '../../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, type Execute, examples, wholeNumber } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { counted, table } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { findByName } from './find-folder-or-tag.ts';

/** Most ids the contract accepts in one call. */
const atOnce = 1_000;

type Change = (client: Client, ids: number[]) => Promise<{ changed: number }>;

/** Collects several ids from repeated arguments. */
const readIds = (text: string, before: readonly number[] = []): number[] => [...before, wholeNumber(1)(text)];
const ids = () => new Argument('<id...>', 'numbers of conversations').argParser(readIds);

/** The commands of `assay conversations` for folders, tags, pins, archive and trash. */
export const addOrganise: AddCommands = (conversations, execute) => {
	const simple = (name: string, description: string, done: string, change: Change): void => {
		conversations
			.command(name)
			.addArgument(ids())
			.description(description)
			.addHelpText('after', examples(`conversations ${name} 12 14`))
			.action((wanted: number[], _options, command: Command) =>
				execute(command, (context) => changeAll(context, wanted, done, change)),
			);
	};
	simple('pin', 'pin to the top of the list', 'pinned', (client, some) =>
		client.organise.pin({ ids: some, pinned: true }),
	);
	simple('unpin', 'unpin', 'unpinned', (client, some) => client.organise.pin({ ids: some, pinned: false }));
	simple('archive', 'archive: hide from the list but not from search', 'archived', (client, some) =>
		client.organise.archive({ ids: some, archived: true }),
	);
	simple('unarchive', 'move back to the list', 'unarchived', (client, some) =>
		client.organise.archive({ ids: some, archived: false }),
	);
	simple('delete', 'move to the trash', 'moved to the trash', (client, some) => client.organise.remove({ ids: some }));
	simple('restore', 'restore from the trash', 'restored', (client, some) => client.organise.restore({ ids: some }));
	addMove(conversations, execute);
	addTag(conversations, execute);
	addNames(conversations, execute);
};

function addMove(conversations: Command, execute: Execute): void {
	conversations
		.command('move')
		.addArgument(ids())
		.option('--folder <name>', 'move to this folder; created if it does not exist')
		.option('--out', 'move out of the folder')
		.description('move to a folder, or out of one')
		.addHelpText('after', examples('conversations move 12 14 --folder Thesis', 'conversations move 12 --out'))
		.action((wanted: number[], options: { folder?: string; out?: true }, command: Command) =>
			execute(command, (context) => move(context, wanted, options)),
		);
}

async function move(
	context: CommandContext,
	wanted: readonly number[],
	{ folder: name, out }: { folder?: string; out?: true },
): Promise<number> {
	if ((name === undefined) === (out === undefined))
		throw new UsageError('choose a destination: --folder <name> or --out');
	const done = name === undefined ? 'moved out of the folder' : `moved to ${name}`;
	return changeAll(context, wanted, done, async (client, some) => {
		if (name === undefined) return client.organise.move({ ids: some, folderId: null });
		const { folders } = await client.organise.overview();
		const folder = findByName(folders, name) ?? (await client.folders.create({ name }));
		return client.organise.move({ ids: some, folderId: folder.id });
	});
}

function addTag(conversations: Command, execute: Execute): void {
	conversations
		.command('tag')
		.addArgument(ids())
		.option('--add <names>', 'tags to add, separated by commas')
		.option('--remove <names>', 'tags to remove, separated by commas')
		.description('add or remove tags')
		.addHelpText('after', examples('conversations tag 12 14 --add work,later', 'conversations tag 12 --remove later'))
		.action((wanted: number[], { add, remove }: { add?: string; remove?: string }, command: Command) =>
			execute(command, (context) => {
				const names = { add: namesIn(add), remove: namesIn(remove) };
				if (names.add.length + names.remove.length === 0) {
					throw new UsageError('choose tags: --add <names> or --remove <names>');
				}
				return changeAll(context, wanted, 'tagged', (client, some) => client.organise.tag({ ids: some, ...names }));
			}),
		);
}

function addNames(conversations: Command, execute: Execute): void {
	for (const what of ['folders', 'tags'] as const) {
		conversations
			.command(what)
			.description(`list the ${what} with their number of conversations`)
			.addHelpText('after', examples(`conversations ${what}`))
			.action((_options, command: Command) =>
				execute(command, async (context) => {
					const overview = await withApplication(context, (client) => client.organise.overview());
					const all = overview[what];
					const rows = all.map(({ name, conversations: count }) => [name, String(count)]);
					const text = rows.length > 0 ? table(['NAME', 'CONVERSATIONS'], rows) : `There are no ${what} yet`;
					context.output.result({ [what]: all }, text);
					return exitCode.done;
				}),
			);
	}
}

async function changeAll(
	context: CommandContext,
	wanted: readonly number[],
	done: string,
	change: Change,
): Promise<number> {
	const changed = await withApplication(context, async (client) => {
		let sum = 0;
		for (let at = 0; at < wanted.length; at += atOnce) {
			sum += (await change(client, wanted.slice(at, at + atOnce))).changed;
		}
		return sum;
	});
	const untouched = wanted.length - changed;
	const rest = untouched === 0 ? '' : `; ${untouched} ${untouched === 1 ? 'was' : 'were'} not changed`;
	context.output.result({ changed }, `${counted(changed, 'conversation')} ${done}${rest}`);
	return exitCode.done;
}

function namesIn(list: string | undefined): string[] {
	return (list ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}
