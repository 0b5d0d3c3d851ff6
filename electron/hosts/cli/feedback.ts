import { type Command, Option } from 'commander';
import {
	type FeedbackEntry,
	type FeedbackExport,
	type FeedbackExportFormat,
	type FeedbackFilter,
	type FeedbackItem,
	suggestedTags,
} from '../../contract/feedback/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { addFilterOptions, type FilterOptions, filterOf } from './feedback-filter.ts';
import { counted, moment, oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';
import { writeWholeFile } from './write-file.ts';

interface ExportOptions {
	readonly format: FeedbackExportFormat;
	readonly output?: string;
}

type Counts = { lines: number; leftOut: number };

/** Prints feedback as training data, or writes it to a file that exists either whole or not at all. */
async function exportFeedback(
	context: CommandContext,
	filter: FeedbackFilter,
	{ format, output }: ExportOptions,
): Promise<number> {
	if (output !== undefined) {
		const counts = await withApplication(context, (client) =>
			writeWholeFile(output, (write) => eachPage(context, client, { filter, format }, write)),
		);
		context.output.result({ format, path: output, ...counts }, `${inWords(counts, format)} in ${output}`);
		return exitCode.done;
	}
	let text = '';
	const counts = await withApplication(context, (client) =>
		eachPage(context, client, { filter, format }, (page) => {
			if (context.output.json) text += page;
			else context.output.stream(page);
			return Promise.resolve();
		}),
	);
	context.output.note(inWords(counts, format));
	if (context.output.json) context.output.result({ format, ...counts, text }, '');
	return exitCode.done;
}

async function eachPage(
	{ output, interrupt }: CommandContext,
	client: Client,
	input: { filter: FeedbackFilter; format: FeedbackExportFormat },
	write: (text: string) => Promise<void>,
): Promise<Counts> {
	let counts: Counts = { lines: 0, leftOut: 0 };
	let after: number | null = null;
	do {
		const page: FeedbackExport = await client.feedback.export({ ...input, after }, { signal: interrupt.signal });
		await write(page.text);
		counts = { lines: counts.lines + page.lines, leftOut: counts.leftOut + page.leftOut };
		after = page.next;
		if (after !== null) output.progress(`${counts.lines} lines`);
	} while (after !== null);
	output.progress(null);
	return counts;
}

function inWords({ lines, leftOut }: Counts, format: FeedbackExportFormat): string {
	const what = format === 'csv' ? 'row' : format === 'sft' ? 'example' : 'pair';
	const why = format === 'sft' ? 'without a good answer' : 'without an answer to compare with';
	const rest = leftOut === 0 ? '' : `; skipped ${counted(leftOut, 'answer')} ${why}`;
	return `${counted(lines, what)}${rest}`;
}

/** Most items that one call of the contract returns. */
const pageSize = 500;

/** Longest prompt and answer in the document of --json; longer ones are cut. */
const characters = 1_000_000;

interface AddOptions {
	readonly rating?: 'up' | 'down' | 'none';
	readonly tags?: string;
	readonly comment?: string;
	readonly correction?: string;
}

export const addFeedback: AddCommands = (program, execute) => {
	const feedback = program
		.command('feedback')
		.description('rate and correct answers, and export them as training data');
	addFilterOptions(feedback.command('list'))
		.description('list rated and corrected answers, newest first')
		.option('--limit <n>', 'how many', wholeNumber(1), 50)
		.addHelpText(
			'after',
			examples(
				'feedback list --rating down',
				'feedback list --tag wrong-fact --since 2026-11-01 --json',
				'feedback list --rating suggested',
			),
		)
		.action((options: FilterOptions & { limit: number }, command: Command) =>
			execute(command, (context) => listFeedback(context, options)),
		);
	feedback
		.command('history')
		.argument('<message-id>', 'message id of the answer', wholeNumber(1))
		.description('show all feedback on an answer, newest first')
		.addHelpText('after', examples('feedback history 12'))
		.action((id: number, _options, command: Command) => execute(command, (context) => showHistory(context, id)));
	addFilterOptions(feedback.command('export'))
		.description('export feedback as training data or a table')
		.addOption(
			new Option('--format <format>', 'sft: fine-tuning examples; preference: prompt, chosen, rejected; csv: table')
				.choices(['sft', 'preference', 'csv'])
				.default('sft'),
		)
		.option('--output <file>', 'output file (default: standard output)')
		.addHelpText(
			'after',
			examples(
				'feedback export --format sft > examples.jsonl',
				'feedback export --format preference --model "SmolLM2 135M Instruct" --output pairs.jsonl',
			),
		)
		.action((options: FilterOptions & { format: FeedbackExportFormat; output?: string }, command: Command) =>
			execute(command, (context) => exportFeedback(context, filterOf(options), options)),
		);
	feedback
		.command('add')
		.argument('<message-id>', 'message id of the answer', wholeNumber(1))
		.description('rate or correct an answer')
		.addOption(new Option('--rating <rating>', 'rating; none clears it').choices(['up', 'down', 'none']))
		.option('--tags <tags>', `reasons, comma-separated (${suggestedTags.join(', ')}, or custom)`)
		.option('--comment <text>', 'comment')
		.option('--correction <text>', 'correct answer; empty text removes it')
		.addHelpText(
			'after',
			examples('feedback add 12 --rating down --tags wrong-fact', 'feedback add 12 --correction "Paris"'),
		)
		.action((id: number, options: AddOptions, command: Command) =>
			execute(command, (context) => addToAnswer(context, id, options)),
		);
};

async function listFeedback(context: CommandContext, options: FilterOptions & { limit: number }): Promise<number> {
	const filter = filterOf(options);
	const { feedback, summary } = await withApplication(context, async (client) => ({
		feedback: await newest(client, filter, options.limit),
		summary: await client.feedback.summary({ filter }),
	}));
	const rows = feedback.map((item) => [
		String(item.messageId),
		moment(item.at),
		oneLine(saidOf(item), 40),
		oneLine(item.prompt, 40),
		oneLine(item.correction ?? item.answer, 60),
	]);
	const shares = summary.counts.map(({ modelName, quantization, up, down, corrected, share, low, high }) => [
		modelName,
		quantization,
		String(up),
		String(down),
		String(corrected),
		up + down === 0 ? '' : `${percent(share)} (${percent(low)} to ${percent(high)})`,
	]);
	const text =
		rows.length === 0
			? Object.keys(filter).length === 1 && summary.totals.any === 0
				? 'No feedback yet'
				: 'No matching feedback'
			: [
					table(['ID', 'WHEN', 'SAID', 'PROMPT', 'ANSWER'], rows),
					'',
					table(['MODEL', 'QUANTISATION', 'UP', 'DOWN', 'CORRECTED', 'GOOD (95 % INTERVAL)'], shares),
				].join('\n');
	context.output.result({ feedback, ...summary }, text);
	return exitCode.done;
}

async function newest(client: Client, filter: ReturnType<typeof filterOf>, limit: number): Promise<FeedbackItem[]> {
	const found: FeedbackItem[] = [];
	while (found.length < limit) {
		const last = found.at(-1);
		const wanted = Math.min(pageSize, limit - found.length);
		const { feedback } = await client.feedback.list({
			filter,
			characters,
			limit: wanted,
			...(last === undefined ? {} : { before: { at: last.at, messageId: last.messageId } }),
		});
		found.push(...feedback);
		if (feedback.length < wanted) break;
	}
	return found;
}

function percent(share: number): string {
	return `${Math.round(share * 100)} %`;
}

async function showHistory(context: CommandContext, messageId: number): Promise<number> {
	const { entries } = await withApplication(context, (client) => client.feedback.history({ messageId }));
	const rows = entries.map((entry) => [
		moment(entry.createdAt),
		oneLine(entryInWords(entry), 100),
		entry.supersededAt === null ? '' : `until ${moment(entry.supersededAt)}`,
	]);
	const text = rows.length === 0 ? `No feedback on answer ${messageId}` : table(['TIME', 'FEEDBACK', ''], rows);
	context.output.result({ entries }, text);
	return exitCode.done;
}

function entryInWords({ kind, rating, tags, comment, correction, signal, source, evidence }: FeedbackEntry): string {
	if (kind === 'correction') return correction === null ? 'correction removed' : `corrected: ${correction}`;
	if (kind === 'signal') {
		const words = source === 'suggested' && evidence !== null ? `: “${evidence}”` : '';
		return `${source === 'suggested' ? 'suggested' : 'noticed'} ${signal ?? ''}${words}`;
	}
	if (rating === null) return 'rating cleared';
	return [rating, ...tags, comment ?? ''].filter((part) => part !== '').join(', ');
}

function saidOf({ rating, tags, correction, signals }: FeedbackItem): string {
	const parts = [rating ?? '', ...tags, correction === null ? '' : 'corrected'];
	const suggested = signals.find(({ source }) => source === 'suggested');
	if (rating === null && suggested !== undefined) parts.push(`suggested: ${suggested.evidence ?? suggested.signal}`);
	return parts.filter((part) => part !== '').join(', ');
}

async function addToAnswer(context: CommandContext, messageId: number, options: AddOptions): Promise<number> {
	const { rating, tags, comment, correction } = options;
	if (rating === undefined && correction === undefined) {
		throw new UsageError('nothing to record: use --rating up, down or none, or --correction <text>');
	}
	const list = (tags ?? '')
		.split(',')
		.map((tag) => tag.trim())
		.filter((tag) => tag !== '');
	const feedback = await withApplication(context, async (client) => {
		if (rating !== undefined) {
			const thumb = rating === 'none' ? null : rating;
			await client.feedback.rate({ messageId, rating: thumb, tags: list, comment: comment ?? null });
		}
		if (correction !== undefined) await client.feedback.correct({ messageId, correction });
		return (await client.feedback.of({ messageIds: [messageId] })).feedback;
	});
	context.output.result({ feedback }, `Recorded for answer ${messageId}`);
	return exitCode.done;
}
