import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { Failure } from '../../../../models/contract/failure.ts';
import { maxSummaryCharacters, type Summaries, type Summary } from '../../../contract/conversation/overflow.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { moment } from '../table.ts';
import { textOption } from '../text-option.ts';
import { withApplication } from '../with-application.ts';

interface SummaryOptions {
	readonly version?: number;
	readonly use?: number;
	readonly make?: true;
	readonly edit?: string;
	readonly editFile?: string;
}

/** Time between two looks at a summary that is being made, ms. */
const pollMs = 300;

/** `assay conversations summary <id>`: prints a version of the summary, makes or edits one, or uses an older one again. */
export const addSummary: AddCommands = (conversations, execute) => {
	conversations
		.command('summary')
		.argument('<id>', 'number of the conversation', wholeNumber(1))
		.option('--version <n>', 'this version instead of the one in use', wholeNumber(1))
		.option('--use <n>', 'use this version from the next answer on', wholeNumber(1))
		.option('--make', 'make a new version from the messages, and wait for it')
		.option('--edit <text>', 'use this text instead of the version in use, as a new version')
		.option('--edit-file <file>', 'the same with the text of a file; - for standard input')
		.description('print the summary that stands for the oldest messages once the context is full')
		.addHelpText(
			'after',
			examples(
				'conversations summary 12',
				'conversations summary 12 --make',
				'conversations summary 12 --use 2',
				'conversations summary 12 --edit-file summary.txt',
			),
		)
		.action((id: number, options: SummaryOptions, command: Command) =>
			execute(command, (context) => printSummary(context, id, options)),
		);
};

async function printSummary(context: CommandContext, id: number, options: SummaryOptions): Promise<number> {
	const { version, use, make } = options;
	const edited = await textOption(context.streams.stdin, 'edit', options.edit, options.editFile);
	if ([version, use, make, edited].filter((one) => one !== undefined).length > 1) {
		throw new UsageError('use only one of --version, --use, --make and --edit');
	}
	if (edited?.trim() === '') throw new UsageError('a summary needs a text');
	if (edited !== undefined && edited.length > maxSummaryCharacters) {
		throw new UsageError(`a summary has at most ${maxSummaryCharacters} characters, this one has ${edited.length}`);
	}
	const summaries = await withApplication(context, async (client) => {
		if (options.make) return await makeSummary(context, client, id);
		const found = await client.summaries.list({ id });
		if (edited !== undefined) return await editSummary(client, found, edited, id);
		if (options.use === undefined) return found;
		return await client.summaries.use({ summaryId: versionOf(found, options.use).id });
	});
	const { versions, activeId, policy } = summaries;
	const shown =
		options.version === undefined
			? versions.find((version) => version.id === activeId)
			: versionOf(summaries, options.version);
	const text =
		shown === undefined ? `No summary yet. Make one: assay conversations summary ${id} --make` : describe(shown);
	context.output.result({ policy, active: activeId, shown: shown ?? null, versions }, text);
	return exitCode.done;
}

async function editSummary(client: Client, { activeId }: Summaries, text: string, id: number): Promise<Summaries> {
	if (activeId !== null) return await client.summaries.edit({ summaryId: activeId, text });
	throw new Failure({
		code: 'summary-unknown',
		message: `Conversation ${id} has no summary to edit`,
		next: [`Make one: assay conversations summary ${id} --make`],
	});
}

function versionOf({ versions }: Summaries, number: number): Summary {
	const found = versions.find((version) => version.number === number);
	if (found !== undefined) return found;
	const known = versions.map((version) => version.number).join(', ');
	throw new UsageError(`there is no version ${number}${known === '' ? '' : `; versions: ${known}`}`);
}

/** Has a version made and waits for it; Ctrl+C gives it up. */
async function makeSummary({ output, interrupt }: CommandContext, client: Client, id: number): Promise<Summaries> {
	let now = await client.summaries.make({ id });
	while (now.making !== null) {
		const { problem, fraction, state } = now.making;
		if (problem !== null) throw new Failure({ ...problem, next: [...problem.next] });
		output.progress(state === 'waiting' ? 'waiting for the model' : `summarising, ${Math.round(fraction * 100)} %`);
		if (interrupt.signal.aborted) {
			await client.summaries.cancel({ id });
			interrupt.signal.throwIfAborted();
		}
		await sleep(pollMs);
		now = await client.summaries.list({ id });
	}
	output.progress(null);
	return now;
}

function describe({ number, writtenBy, modelName, createdAt, messages, text }: Summary): string {
	const author = writtenBy === 'person' ? 'you' : modelName;
	return `# Version ${number}, by ${author}, ${moment(createdAt)}, of the first ${messages} messages\n\n${text}`;
}
