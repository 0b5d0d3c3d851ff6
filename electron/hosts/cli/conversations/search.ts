import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Fact } from '../../../contract/memory/schema.ts';
import type { SearchCursor, SearchFilter, SearchHit, SearchTerm } from '../../../contract/search/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { type CommandContext, type Execute, examples, wholeNumber } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { moment, oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';

interface SearchOptions {
	readonly limit: number;
	readonly tag?: readonly string[];
	readonly folder?: string;
	readonly model?: string;
	readonly after?: string;
	readonly before?: string;
	readonly feedback?: NonNullable<SearchFilter['feedback']>;
	readonly from?: 'me' | 'model';
	readonly attachment?: true;
	readonly archived?: true;
}

/** Most items that one call of the contract returns. */
const pageSize = 200;

/** The most facts to print below the conversations. */
const mostFacts = 20;

/** `assay conversations search [words…]`: takes the same filters as the window, as options or among the words. */
export function addSearch(conversations: Command, execute: Execute): void {
	conversations
		.command('search')
		.argument('[text...]', 'words to find, all of them; the last may be a prefix; "…" finds a phrase')
		.description('search conversations, newest first, and remembered facts')
		.option('--limit <n>', 'maximum number of results', wholeNumber(1), 50)
		.option('--tag <name>', 'only conversations with this tag; repeat for more tags', (name, before: string[] = []) => [
			...before,
			name,
		])
		.option('--folder <name>', 'only conversations in this folder')
		.option('--model <name>', 'only answers by this model (words of its name)')
		.option('--after <date>', 'from this day on: 2026-11-24, 2026-11, 2026, today, yesterday, 7d, 4w, 3m, 1y', noSpace)
		.option('--before <date>', 'before this day, in the same format', noSpace)
		.addOption(
			new Option('--feedback <kind>', 'only messages with this feedback').choices(['any', 'up', 'down', 'corrected']),
		)
		.addOption(new Option('--from <who>', 'who wrote the message').choices(['me', 'model']))
		.option('--attachment', 'only messages with an attachment')
		.option('--archived', 'only conversations in the archive')
		.addHelpText(
			'after',
			examples(
				'conversations search Paris',
				'conversations search "light minutes" mars --after 2026-11 --tag physics',
				'conversations search --feedback down --model smollm2',
				"conversations search '東京 after:7d'",
			),
		)
		.action((text: readonly string[], options: SearchOptions, command: Command) =>
			execute(command, (context) => searchConversations(context, text, options)),
		);
}

function noSpace(value: string): string {
	if (/^\S+$/.test(value)) return value;
	throw new InvalidArgumentError('It must be a date, written without spaces.');
}

async function searchConversations(
	context: CommandContext,
	words: readonly string[],
	options: SearchOptions,
): Promise<number> {
	const typed = typedText(words, options);
	const filter = filterOf(options);
	if (typed.trim() === '' && Object.keys(filter).length === 0) throw new UsageError('no words and no filter given');
	const { hits, filters, facts } = await withApplication(context, async (client) => ({
		...(await findAll(client, typed, filter, options.limit)),
		facts: Object.keys(filter).length > 0 || words.length === 0 ? [] : await findFacts(client, typed),
	}));
	const conversations = hits.map(({ conversationId, title, snippet, ...hit }) => ({
		id: conversationId,
		...hit,
		title: unmarked(title),
		snippet: unmarked(snippet),
	}));
	const rows = conversations.map(({ id, at, title, snippet }) => [
		String(id),
		moment(at),
		oneLine(title, 40),
		oneLine(snippet, 100),
	]);
	const problems = filters.flatMap(({ problem }) => problem ?? []);
	for (const problem of problems) context.output.note(problem);
	const nothing = ['No results', ...(words.length === 0 ? [] : [` for "${words.join(' ')}"`])].join('');
	const known = facts.map(({ id, text }) => [String(id), oneLine(text, 100)]);
	const shown = [
		...(rows.length > 0 ? [table(['ID', 'WHEN', 'TITLE', 'FOUND'], rows)] : []),
		...(known.length > 0 ? [table(['ID', 'FACT (assay memory list)'], known)] : []),
		...(rows.length + known.length > 0 ? [] : [[nothing, ...problems].join('\n')]),
	].join('\n\n');
	context.output.result({ conversations, facts, ...(problems.length === 0 ? {} : { problems }) }, shown);
	return exitCode.done;
}

/**
 * Adds the dates to the query text, where they are parsed in one place. A phrase that the shell kept together stays
 * one.
 */
function typedText(words: readonly string[], { after, before }: SearchOptions): string {
	const parts = words.length > 1 ? words.map((word) => (/\s/.test(word) ? `"${word}"` : word)) : words;
	return [
		...parts,
		...(after === undefined ? [] : [`after:${after}`]),
		...(before === undefined ? [] : [`before:${before}`]),
	].join(' ');
}

function filterOf({ tag, folder, model, feedback, from, attachment, archived }: SearchOptions): SearchFilter {
	return {
		...(tag === undefined ? {} : { tags: [...tag] }),
		...(folder === undefined ? {} : { folder }),
		...(model === undefined ? {} : { model, writtenBy: 'assistant' }),
		...(feedback === undefined ? {} : { feedback }),
		...(from === undefined ? {} : { writtenBy: from === 'me' ? 'user' : 'assistant' }),
		...(attachment === undefined ? {} : { attachment }),
		...(archived === undefined ? {} : { archived }),
	};
}

/** Continues until enough results are found or everything has been searched. */
async function findAll(
	client: Client,
	text: string,
	filter: SearchFilter,
	limit: number,
): Promise<{ hits: readonly SearchHit[]; filters: readonly SearchTerm[] }> {
	const hits: SearchHit[] = [];
	let filters: readonly SearchTerm[] = [];
	let after: SearchCursor | null = null;
	do {
		const page = await client.search.find({ text, filter, limit: Math.min(pageSize, limit - hits.length), after });
		hits.push(...page.hits);
		filters = page.filters;
		after = page.next;
	} while (after !== null && hits.length < limit);
	return { hits, filters };
}

/** Facts in use or proposed that contain all the words. */
async function findFacts(client: Client, text: string): Promise<readonly Pick<Fact, 'id' | 'text'>[]> {
	const { facts } = await client.memory.list({ text, states: ['proposed', 'accepted'], limit: mostFacts });
	return facts.map(({ id, text: found }) => ({ id, text: found }));
}

function unmarked(text: string): string {
	return text.replaceAll(/[\uE000\uE001]/g, '');
}
