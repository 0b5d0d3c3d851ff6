import { type Command, InvalidArgumentError, Option } from 'commander';
import {
	type ActivityEntry,
	type ActivityFilter,
	type ActivityKind,
	activityKindSchema,
	type ModelUsage,
} from '../../contract/activity/schema.ts';
import { dayMs } from '../../contract/durations.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { dayStart } from './date-option.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { moment, oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

/** Most items that one call of the contract returns. */
const pageSize = 500;

interface ListOptions {
	readonly limit: number;
	readonly since?: number;
	readonly kind?: ActivityKind[];
	readonly failed?: true;
	readonly text?: string;
}

export const addActivity: AddCommands = (program, execute) => {
	const activity = program.command('activity').description('show the activity log and usage');
	activity
		.command('list')
		.description('list answers, model loads, crashes, downloads, jobs and network requests, newest first')
		.option('--limit <n>', 'how many', wholeNumber(1), 50)
		.option('--since <when>', 'start date (2026-11-24) or age (30m, 12h, 7d)', pastMoment)
		.option('--kind <kinds>', `only these kinds, comma-separated: ${activityKindSchema.options.join(', ')}`, kinds)
		.option('--failed', 'only failed or blocked entries')
		.option('--text <text>', 'only entries whose model, host, purpose or reason contains this')
		.addHelpText(
			'after',
			examples(
				'activity list --kind network --since 7d',
				'activity list --failed --json',
				'activity list --kind crash',
			),
		)
		.action((options: ListOptions, command: Command) => execute(command, (context) => listActivity(context, options)));
	activity
		.command('usage')
		.description('show tokens, time and speed of answers, by model')
		.addOption(new Option('--days <n>', 'number of days, including today').argParser(wholeNumber(1, 90)).default(30))
		.option('--since <when>', 'instead of --days: start date, or age such as 7d', pastMoment)
		.addHelpText('after', examples('activity usage', 'activity usage --days 7 --json'))
		.action((options: { days: number; since?: number }, command: Command) =>
			execute(command, (context) => showUsage(context, options)),
		);
	activity
		.command('clear')
		.description('clear the log and usage figures; conversations are kept')
		.option('--yes', 'confirm')
		.addHelpText('after', examples('activity clear --yes'))
		.action(({ yes }: { yes?: true }, command: Command) =>
			execute(command, (context) => clearActivity(context, yes ?? false)),
		);
};

async function listActivity(context: CommandContext, options: ListOptions): Promise<number> {
	const { since, kind, failed, text, limit } = options;
	const filter: ActivityFilter = {
		...(since === undefined ? {} : { since }),
		...(kind === undefined ? {} : { kinds: kind }),
		...(failed === undefined ? {} : { results: ['failed', 'blocked'] }),
		...(text === undefined ? {} : { text }),
	};
	const { total, entries } = await withApplication(context, (client) => newest(client, filter, limit));
	const rows = entries.map((entry) => [
		moment(entry.at),
		entry.kind,
		oneLine(entry.subject, 40),
		entry.result,
		oneLine(details(entry), 70),
	]);
	const nothing = Object.keys(filter).length === 0 ? 'No activity yet' : 'No matching entries';
	const shown = entries.length < total ? `\n${entries.length} of ${total}; use --limit to show more` : '';
	context.output.result(
		{ total, entries },
		rows.length === 0 ? nothing : `${table(['WHEN', 'WHAT', 'SUBJECT', 'HOW', 'DETAILS'], rows)}${shown}`,
	);
	return exitCode.done;
}

async function newest(
	client: Client,
	filter: ActivityFilter,
	limit: number,
): Promise<{ total: number; entries: ActivityEntry[] }> {
	const entries: ActivityEntry[] = [];
	for (;;) {
		const wanted = Math.min(pageSize, limit - entries.length);
		const page = await client.activity.list({ filter, offset: entries.length, limit: wanted });
		entries.push(...page.entries);
		if (page.entries.length < wanted || entries.length >= limit) return { total: page.total, entries };
	}
}

function details({ message, figures, facts, outcome }: ActivityEntry): string {
	if (message !== null) return message;
	if (figures !== null) {
		return `${outcome}, ${figures.completionTokens} tokens, first token after ${Math.round(figures.ttftMs)} ms`;
	}
	const size = typeof facts.bytes === 'number' && facts.bytes > 0 ? formatBytes(facts.bytes) : '';
	return [outcome, facts.purpose ?? facts.source ?? facts.work ?? '', size].filter((part) => part !== '').join(', ');
}

async function showUsage(context: CommandContext, { days, since }: { days: number; since?: number }): Promise<number> {
	const utcOffset = -new Date().getTimezoneOffset();
	const period = since === undefined ? days : Math.min(90, Math.max(1, Math.ceil((Date.now() - since) / dayMs)));
	const usage = await withApplication(context, (client) => client.activity.usage({ days: period, utcOffset }));
	const head = [
		'MODEL',
		'ANSWERS',
		'FAILED',
		'READ',
		'WRITTEN',
		'TOK/S (MIDDLE HALF)',
		'TTFT P95 (95 % INTERVAL)',
		'CRASHES',
	];
	const text =
		usage.models.length === 0 ? `No answers in the last ${period} days` : table(head, usage.models.map(usageRow));
	context.output.result(usage, text);
	return exitCode.done;
}

async function clearActivity(context: CommandContext, sure: boolean): Promise<number> {
	if (!sure) throw new UsageError('this permanently clears the log and usage figures: add --yes to confirm');
	const { cleared } = await withApplication(context, (client) => client.activity.clear());
	const entries = cleared === 1 ? '1 entry' : `${cleared} entries`;
	context.output.result({ cleared }, cleared === 0 ? 'The log is already empty' : `${entries} cleared`);
	return exitCode.done;
}

function usageRow(one: ModelUsage): string[] {
	const { tokensPerSecond: speed, ttftMs: first } = one;
	return [
		oneLine(one.model, 40),
		...[one.answers, one.failed, one.promptTokens, one.completionTokens].map(String),
		speed === null ? '' : `${fixed(speed.median)} (${fixed(speed.low)} to ${fixed(speed.high)}), n ${speed.n}`,
		first === null
			? ''
			: `${Math.round(first.value)} ms (${Math.round(first.low)} to ${first.high === null ? 'unknown' : Math.round(first.high)}), n ${first.n}`,
		String(one.crashes),
	];
}

function fixed(value: number): string {
	return value.toFixed(value < 10 ? 1 : 0);
}

function kinds(text: string): ActivityKind[] {
	const found = activityKindSchema.array().safeParse(text.split(',').map((one) => one.trim()));
	if (found.success) return found.data;
	throw new InvalidArgumentError(`Must be one or more of ${activityKindSchema.options.join(', ')}.`);
}

/** Reads a day, or a duration back from now. */
function pastMoment(text: string): number {
	const [, number, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
	if (number !== undefined) return Date.now() - Number(number) * { m: 60_000, h: 3_600_000, d: dayMs }[unit as 'm'];
	if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return dayStart(text);
	throw new InvalidArgumentError('Must be a date such as 2026-11-24, or an age such as 30m, 12h or 7d.');
}
