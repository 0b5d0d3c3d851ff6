import type { Command } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { PageEntry } from '../../contract/writing/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, type Execute, examples } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { counted, emptyList, oneLine, table } from './table.ts';
import { textOption } from './text-option.ts';
import { withApplication } from './with-application.ts';

/** Most pages that one list prints. */
const mostListed = 500;

interface AddOptions {
	readonly text?: string;
	readonly textFile?: string;
	readonly title?: string;
}

export const addPages: AddCommands = (program, execute) => {
	const pages = program.command('pages').description('list, print and manage pages: texts that a model continues');
	pages
		.command('list')
		.description('list pages, last changed first')
		.option('--trash', 'list those in the trash', false)
		.addHelpText('after', examples('pages list', 'pages list --trash --json'))
		.action(({ trash }: { trash: boolean }, command: Command) =>
			execute(command, (context) => listPages(context, trash)),
		);
	pages
		.command('show <page>')
		.description('print the text of a page; name it by its number or title')
		.addHelpText('after', examples('pages show 3', 'pages show "Once upon a time" > story.txt'))
		.action((text: string, _options, command: Command) => execute(command, (context) => showPage(context, text)));
	pages
		.command('add')
		.description('create a page')
		.option('--text <text>', 'its text')
		.option('--text-file <path>', 'file with its text; - is standard input')
		.option('--title <title>', 'its title; the first line if omitted')
		.addHelpText('after', examples('pages add --text "Once upon a time"', 'pages add --text-file draft.txt'))
		.action((options: AddOptions, command: Command) => execute(command, (context) => addPage(context, options)));
	pages
		.command('rename <page> <title>')
		.description('name a page; an empty title means its first line')
		.addHelpText('after', examples('pages rename 3 "The lighthouse"'))
		.action((text: string, title: string, _options, command: Command) =>
			change(execute, command, text, 'Renamed', (client, { id }) => client.writing.rename({ id, title })),
		);
	pages
		.command('remove <page>')
		.description('move a page to the trash')
		.addHelpText('after', examples('pages remove 3'))
		.action((text: string, _options, command: Command) =>
			change(execute, command, text, 'Moved to the trash:', (client, { id }) => client.writing.remove({ id })),
		);
	pages
		.command('restore <page>')
		.description('take a page out of the trash')
		.addHelpText('after', examples('pages restore 3'))
		.action((text: string, _options, command: Command) =>
			change(execute, command, text, 'Restored', (client, { id }) => client.writing.restore({ id })),
		);
	pages
		.command('empty-trash')
		.description('permanently delete the pages in the trash; without --yes, only count them')
		.option('--yes', 'delete them; this can’t be undone')
		.addHelpText('after', examples('pages empty-trash --yes'))
		.action(({ yes = false }: { yes?: boolean }, command: Command) =>
			execute(command, (context) => emptyTrash(context, yes)),
		);
};

async function listPages(context: CommandContext, trash: boolean): Promise<number> {
	const { pages, total, inTrash } = await withApplication(context, (client) =>
		client.writing.list({ trash, limit: mostListed }),
	);
	const rows = pages.map(({ id, title, characters, updatedAt }) => [
		String(id),
		oneLine(title, 60),
		characters.toLocaleString('en'),
		new Date(updatedAt).toISOString().slice(0, 16).replace('T', ' '),
	]);
	const none = trash
		? 'The trash holds no pages.'
		: emptyList('No pages yet. Create one: assay pages add --text "<text>"', 'pages', inTrash, 'pages list');
	const text = rows.length === 0 ? none : table(['ID', 'TITLE', 'CHARACTERS', 'CHANGED (UTC)'], rows);
	context.output.result({ pages, total, inTrash }, text);
	return exitCode.done;
}

/** Finds a page by its number or title, also in the trash. Throws Failure `page-unknown`, `page-ambiguous`. */
async function findPage(client: Client, text: string): Promise<PageEntry> {
	const lists = await Promise.all([false, true].map((trash) => client.writing.list({ trash, limit: mostListed })));
	const all = lists.flatMap(({ pages }) => pages);
	const byNumber = all.find(({ id }) => String(id) === text);
	if (byNumber !== undefined) return byNumber;
	const named = all.filter(({ title }) => title.toLowerCase() === text.toLowerCase());
	const [first, second] = named;
	if (second !== undefined) {
		throw new Failure({
			code: 'page-ambiguous',
			message: `${named.length} pages are called “${text}”.`,
			next: [`Give the number of one: ${named.map(({ id }) => id).join(', ')}`],
		});
	}
	if (first !== undefined) return first;
	throw new Failure({
		code: 'page-unknown',
		message: `There is no page “${text}”.`,
		next: ['See assay pages list'],
	});
}

async function showPage(context: CommandContext, text: string): Promise<number> {
	const page = await withApplication(context, async (client) =>
		client.writing.get({ id: (await findPage(client, text)).id }),
	);
	context.output.result({ page }, page.text);
	return exitCode.done;
}

async function addPage(context: CommandContext, options: AddOptions): Promise<number> {
	const text = (await textOption(context.streams.stdin, 'text', options.text, options.textFile)) ?? '';
	const { title } = options;
	const page = await withApplication(context, (client) =>
		client.writing.create({ text, ...(title === undefined ? {} : { title }) }),
	);
	context.output.result({ page }, `Created page ${page.id}: ${page.title}`);
	return exitCode.done;
}

function change(
	execute: Execute,
	command: Command,
	text: string,
	said: string,
	work: (client: Client, page: PageEntry) => Promise<PageEntry>,
): Promise<void> {
	return execute(command, async (context) => {
		const page = await withApplication(context, async (client) => work(client, await findPage(client, text)));
		context.output.result({ page }, `${said} ${page.title}`);
		return exitCode.done;
	});
}

async function emptyTrash(context: CommandContext, yes: boolean): Promise<number> {
	if (!yes) {
		const { inTrash } = await withApplication(context, (client) => client.writing.list({ trash: true, limit: 1 }));
		const text =
			inTrash === 0 ? 'The trash holds no pages.' : `${counted(inTrash, 'page')} would be deleted: add --yes`;
		context.output.result({ deleted: false, pages: inTrash }, text);
		return exitCode.done;
	}
	const { pages } = await withApplication(context, (client) => client.writing.emptyTrash({}));
	context.output.result({ deleted: true, pages }, `Deleted ${counted(pages, 'page')}`);
	return exitCode.done;
}
