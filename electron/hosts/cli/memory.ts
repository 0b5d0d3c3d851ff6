import { type Command, InvalidArgumentError, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import { type Fact, type FactState, factStateSchema, maxFactCharacters } from '../../contract/memory/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { findFolder } from './conversations/find-folder-or-tag.ts';
import { dayEnd } from './date-option.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { counted, emptyList, oneLine, table } from './table.ts';
import { textOption } from './text-option.ts';
import { withApplication } from './with-application.ts';

/** Facts fetched at once; the list pages through all. */
const pageSize = 1_000;

interface ListOptions {
	readonly state?: FactState;
	readonly folder?: string;
	readonly search?: string;
	readonly trash: boolean;
}

interface FactOptions {
	readonly folder?: string;
	readonly expires?: number;
	/** Commander sets it to false. */
	readonly person?: true;
	readonly never?: true;
}

export const addMemory: AddCommands = (program, execute) => {
	const memory = program.command('memory').description('list and manage what is remembered about you');
	memory
		.command('list')
		.description('list facts: proposals first, then last changed first')
		.addOption(new Option('--state <state>', 'only facts in this state').choices(factStateSchema.options))
		.option('--folder <name>', 'only facts for this folder of conversations')
		.option('--search <text>', 'only facts that contain this text')
		.option('--trash', 'list those that were forgotten', false)
		.addHelpText('after', examples('memory list', 'memory list --state proposed --json'))
		.action((options: ListOptions, command: Command) => execute(command, (context) => listFacts(context, options)));
	memory
		.command('add [text...]')
		.description('remember a fact; its text from standard input when piped')
		.option('--folder <name>', 'for the conversations of this folder only')
		.option('--expires <date>', 'last day on which it holds, as 2027-01-31', lastDay)
		.addHelpText('after', examples('memory add I take no sugar', 'memory add "Cite by number" --folder Thesis'))
		.action((words: string[], options: FactOptions, command: Command) =>
			execute(command, (context) => addFact(context, words, options)),
		);
	memory
		.command('accept <id...>')
		.description('accept proposals: answers use them from then on')
		.addHelpText('after', examples('memory accept 3', 'memory accept 3 4 5'))
		.action((ids: string[], _options, command: Command) =>
			execute(command, async (context) => {
				const { facts } = await withApplication(context, (client) => client.memory.accept({ ids: numbers(ids) }));
				if (facts.length === 0) throw nothingToDo(numbers(ids), 'a proposal', 'memory list --state proposed');
				context.output.result({ facts }, facts.map((fact) => `${fact.id}: ${fact.text} (${fact.state})`).join('\n'));
				return exitCode.done;
			}),
		);
	memory
		.command('dismiss <id...>')
		.description('dismiss proposals: the same is not proposed again')
		.addHelpText('after', examples('memory dismiss 3'))
		.action((ids: string[], _options, command: Command) =>
			execute(command, async (context) => {
				const { changed } = await withApplication(context, (client) => client.memory.reject({ ids: numbers(ids) }));
				if (changed === 0) throw nothingToDo(numbers(ids), 'a proposal', 'memory list --state proposed');
				context.output.result({ changed }, `Dismissed ${counted(changed, 'proposal')}`);
				return exitCode.done;
			}),
		);
	memory
		.command('edit <id> [text...]')
		.description('change a fact; the earlier text of an accepted one stays readable')
		.option('--folder <name>', 'for the conversations of this folder only')
		.option('--person', 'for all conversations')
		.option('--expires <date>', 'last day on which it holds, as 2027-01-31', lastDay)
		.option('--never', 'it does not expire')
		.addHelpText('after', examples('memory edit 3 I live in Porto', 'memory edit 3 --expires 2027-01-31'))
		.action((id: string, words: string[], options: FactOptions, command: Command) =>
			execute(command, (context) => editFact(context, id, words, options)),
		);
	memory
		.command('forget <id...>')
		.description('move facts to the trash, with the earlier ones that they replaced')
		.option('--for-good', 'delete them at once, from every index and prompt; this can’t be undone', false)
		.option('--backups', 'with --for-good: also replace the backups, which still hold them', false)
		.addHelpText('after', examples('memory forget 3', 'memory forget 3 --for-good --backups'))
		.action((ids: string[], options: { forGood: boolean; backups: boolean }, command: Command) =>
			execute(command, (context) => forgetFacts(context, numbers(ids), options)),
		);
	memory
		.command('restore <id...>')
		.description('take facts out of the trash, or propose dismissed ones again')
		.addHelpText('after', examples('memory restore 3'))
		.action((ids: string[], _options, command: Command) =>
			execute(command, async (context) => {
				const { changed } = await withApplication(context, (client) => client.memory.restore({ ids: numbers(ids) }));
				if (changed === 0) throw nothingToDo(numbers(ids), 'in the trash or dismissed', 'memory list --trash');
				context.output.result({ changed }, `Restored ${counted(changed, 'fact')}`);
				return exitCode.done;
			}),
		);
};

async function listFacts(context: CommandContext, { state, folder, search = '', trash }: ListOptions): Promise<number> {
	const { facts, folders, ...rest } = await withApplication(context, async (client) => {
		const { folders: known } = await client.organise.overview();
		const filter = {
			...(state === undefined ? {} : { states: [state] }),
			...(folder === undefined ? {} : { folderId: (await folderId(client, folder)) ?? -1 }),
			...{ text: search, forgotten: trash },
		};
		const { facts: first, ...counts } = await client.memory.list({ ...filter, limit: pageSize });
		const all: Fact[] = [...first];
		while (all.length < counts.total) {
			const next = await client.memory.list({ ...filter, limit: pageSize, offset: all.length });
			if (next.facts.length === 0) break;
			all.push(...next.facts);
		}
		return { facts: all, folders: known, ...counts };
	});
	const nameOf = (fact: Fact): string =>
		fact.scope === 'person' ? '' : (folders.find(({ id }) => id === fact.folderId)?.name ?? '(removed folder)');
	const rows = facts.map((fact) => [
		String(fact.id),
		fact.state,
		oneLine(fact.text, 70),
		nameOf(fact),
		new Date(fact.changedAt).toISOString().slice(0, 10),
	]);
	const isNarrowed = state !== undefined || folder !== undefined || search !== '';
	const none = isNarrowed
		? `No fact matches. All facts: assay memory list${trash ? ' --trash' : ''}`
		: trash
			? 'Nothing was forgotten.'
			: emptyList(
					'Nothing is remembered yet. Add a fact: assay memory add <text>',
					'facts',
					rest.inTrash,
					'memory list',
				);
	const text = rows.length === 0 ? none : table(['ID', 'STATE', 'FACT', 'FOLDER', 'CHANGED (UTC)'], rows);
	context.output.result({ facts, ...rest }, text);
	return exitCode.done;
}

async function addFact(context: CommandContext, words: readonly string[], options: FactOptions): Promise<number> {
	const { stdin } = context.streams;
	const piped = words.length === 0 && stdin.isTTY !== true;
	const text = checkedText((piped ? await textOption(stdin, 'text', undefined, '-') : words.join(' ')) ?? '');
	const { folder, expires } = options;
	const fact = await withApplication(context, async (client) =>
		client.memory.add({
			text,
			folderId: folder === undefined ? null : await folderId(client, folder),
			expiresAt: expires ?? null,
		}),
	);
	context.output.result({ fact }, `Remembered as ${fact.id}: ${fact.text}`);
	return exitCode.done;
}

async function editFact(
	context: CommandContext,
	given: string,
	words: readonly string[],
	{ folder, person, expires, never }: FactOptions,
): Promise<number> {
	if (folder !== undefined && person) throw new UsageError('--folder and --person exclude each other');
	if (expires !== undefined && never) throw new UsageError('--expires and --never exclude each other');
	const [id = 0] = numbers([given]);
	const text = words.length === 0 ? undefined : checkedText(words.join(' '));
	if ([text, folder, person, expires, never].every((change) => change === undefined))
		throw new UsageError('nothing to change: give a text, --folder, --person, --expires or --never');
	const fact = await withApplication(context, async (client) =>
		client.memory.edit({
			id,
			...(text === undefined ? {} : { text }),
			...(person ? { folderId: null } : folder === undefined ? {} : { folderId: await folderId(client, folder) }),
			...(never ? { expiresAt: null } : expires === undefined ? {} : { expiresAt: expires }),
		}),
	);
	context.output.result({ fact }, `Remembered as ${fact.id}: ${fact.text}`);
	return exitCode.done;
}

async function forgetFacts(
	context: CommandContext,
	ids: number[],
	{ forGood, backups }: { readonly forGood: boolean; readonly backups: boolean },
): Promise<number> {
	if (backups && !forGood) throw new UsageError('--backups needs --for-good');
	const forgotten = await withApplication(context, async (client) => {
		const { ids: all } = await client.memory.forget({ ids });
		// Including facts that were in the trash before.
		const deleted = [...new Set([...all, ...ids])];
		const emptied = forGood ? await client.memory.emptyTrash({ ids: deleted, backups }) : null;
		return {
			ids: all,
			...(emptied === null ? {} : { deleted: emptied.facts, backupsRemoved: emptied.backupsRemoved }),
		};
	});
	const count = forgotten.deleted ?? forgotten.ids.length;
	if (count === 0) throw nothingToDo(ids, forGood ? 'known' : 'in use', 'memory list');
	const said = forGood ? `Deleted ${counted(count, 'fact')}` : `Moved ${counted(count, 'fact')} to the trash`;
	context.output.result(forgotten, said);
	return exitCode.done;
}

/** Facts are short: they are sent with every prompt. */
function checkedText(text: string): string {
	const { length } = text.trim();
	if (length === 0) throw new UsageError('no text given');
	if (length <= maxFactCharacters) return text;
	const most = maxFactCharacters.toLocaleString('en');
	throw new UsageError(
		`a fact has at most ${most} characters, this text ${length.toLocaleString('en')}; longer ones belong into a collection: assay documents --help`,
	);
}

function lastDay(text: string): number {
	const end = dayEnd(text);
	if (end > Date.now()) return end;
	throw new InvalidArgumentError('Must be today or later.');
}

/** None of the facts can be changed in this way. */
function nothingToDo(ids: readonly number[], what: string, list: string): Failure {
	return new Failure({
		code: 'fact-unknown',
		message: ids.length === 1 ? `Fact ${ids[0]} is not ${what}.` : `None of the facts ${ids.join(', ')} is ${what}.`,
		next: [`See their numbers: assay ${list}`],
	});
}

async function folderId(client: Client, name: string): Promise<number> {
	return findFolder(await client.organise.overview(), name).id;
}

function numbers(ids: readonly string[]): number[] {
	return ids.map((text) => {
		if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
		throw new UsageError(`“${text}” is not the number of a fact; see assay memory list`);
	});
}
