import type { FeedbackExport, FeedbackExportFormat, FeedbackFilter } from '../../../contract/feedback.ts';
import type { Client } from '../../ownership/attach.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { writeWholeFile } from '../write-whole.ts';

interface ExportOptions {
	readonly format: FeedbackExportFormat;
	readonly output?: string;
}

type Counts = { lines: number; leftOut: number };

/** Prints what was said as training data, or writes it to a file that is there whole or not at all. */
export async function exportFeedback(
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
	const rest = leftOut === 0 ? '' : `; ${leftOut} ${leftOut === 1 ? 'answer' : 'answers'} ${why} left out`;
	return `${lines} ${lines === 1 ? what : `${what}s`}${rest}`;
}
