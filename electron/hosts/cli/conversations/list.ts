import type { Command } from 'commander';
import type { Conversation, Organisation } from '../../../contract/conversation/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { emptyList, moment, oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { findFolder, findTag } from './find-folder-or-tag.ts';

/** Most items that one call of the contract returns. */
const pageSize = 500;

interface ListOptions {
	readonly limit: number;
	readonly pinned?: true;
	readonly archived?: true;
	readonly trash?: true;
	readonly folder?: string;
	readonly tag?: string;
}

/** `assay conversations list`: lists all but archived and deleted ones, or one place, newest first. */
export const addList: AddCommands = (conversations, execute) => {
	conversations
		.command('list')
		.description('list conversations, newest first')
		.option('--limit <n>', 'maximum number of results', wholeNumber(1), 50)
		.option('--pinned', 'only pinned conversations')
		.option('--folder <name>', 'only conversations in this folder')
		.option('--tag <name>', 'only conversations with this tag, including archived ones')
		.option('--archived', 'only the archive')
		.option('--trash', 'only the trash')
		.addHelpText('after', examples('conversations list --limit 10', 'conversations list --folder Thesis'))
		.action((options: ListOptions, command: Command) =>
			execute(command, (context) => listConversations(context, options)),
		);
};

async function listConversations(context: CommandContext, options: ListOptions): Promise<number> {
	const places = [options.pinned, options.folder, options.tag, options.archived, options.trash];
	if (places.filter((place) => place !== undefined).length > 1) {
		throw new UsageError('use only one of --pinned, --folder, --tag, --archived and --trash');
	}
	const { conversations, organisation } = await withApplication(context, async (client) => {
		const overview = await client.organise.overview();
		return {
			conversations: options.trash
				? await newestOf(options.limit, (limit, last) => trashPage(client, limit, last))
				: await newestOf(options.limit, (limit, last) => page(client, overview, options, limit, last)),
			organisation: overview,
		};
	});
	const rows = conversations.map((conversation) => rowOf(conversation, organisation));
	const text = rows.length > 0 ? table(['ID', 'CHANGED', 'TITLE', 'WHERE'], rows) : nothing(options, organisation);
	context.output.result({ conversations }, text);
	return exitCode.done;
}

function rowOf(conversation: Conversation, { folders, tags }: Organisation): string[] {
	const { id, updatedAt, title, pinnedAt, archivedAt, deletedAt, folderId, tagIds } = conversation;
	const where = [
		...(pinnedAt === null ? [] : ['pinned']),
		...(archivedAt === null ? [] : ['archived']),
		...(deletedAt === null ? [] : ['in the trash']),
		...folders.filter((folder) => folder.id === folderId).map(({ name }) => `in ${name}`),
		...tags.filter((tag) => tagIds.includes(tag.id)).map(({ name }) => `#${name}`),
	];
	return [String(id), moment(updatedAt), oneLine(title, 80), oneLine(where.join(', '), 60)];
}

function nothing({ pinned, folder, tag, archived, trash }: ListOptions, all: Organisation): string {
	if (trash) return 'The trash is empty';
	if (archived) return 'The archive is empty';
	if (pinned) return 'No pinned conversations. Pin one: assay conversations pin <id>';
	if (folder !== undefined) return 'This folder is empty';
	if (tag !== undefined) return 'No conversations with this tag';
	if (all.archived > 0) return 'All conversations are archived. See them: assay conversations list --archived';
	return emptyList('No conversations yet. Start one: assay chat', 'conversations', all.inTrash, 'conversations list');
}

/** Fetches pages until there are enough. */
async function newestOf(
	wanted: number,
	next: (limit: number, last: Conversation | undefined) => Promise<Conversation[]>,
): Promise<Conversation[]> {
	const found: Conversation[] = [];
	while (found.length < wanted) {
		const some = await next(Math.min(pageSize, wanted - found.length), found.at(-1));
		if (some.length === 0) break;
		found.push(...some);
	}
	return found;
}

async function page(
	client: Client,
	overview: Organisation,
	{ pinned, archived, folder, tag }: ListOptions,
	limit: number,
	last: Conversation | undefined,
): Promise<Conversation[]> {
	const at = pinned ? last?.pinnedAt : last?.updatedAt;
	const { conversations } = await client.conversations.list({
		limit,
		place: pinned ? 'pinned' : archived ? 'archived' : 'all',
		...(folder === undefined ? {} : { folderId: findFolder(overview, folder).id }),
		...(tag === undefined ? {} : { tagId: findTag(overview, tag).id }),
		...(last === undefined ? {} : { before: { updatedAt: at ?? 0, id: last.id } }),
	});
	return conversations;
}

async function trashPage(client: Client, limit: number, last: Conversation | undefined): Promise<Conversation[]> {
	const before = last === undefined ? {} : { before: { deletedAt: last.deletedAt ?? 0, id: last.id } };
	return (await client.trash.list({ limit, ...before })).conversations;
}
