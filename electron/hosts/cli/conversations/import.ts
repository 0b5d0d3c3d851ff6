import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ImportReport } from '../../../contract/import-export/schema.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { saveStandardInput } from '../standard-input.ts';
import { counted, oneLine } from '../table.ts';
import { withApplication } from '../with-application.ts';

/** Most names to print. */
const namesShown = 20;

/** `assay conversations import <file>…`: previews the files, then imports what is new. */
export async function importConversations(
	context: CommandContext,
	files: readonly string[],
	{ preview }: { readonly preview: boolean },
): Promise<number> {
	const piped = files.includes('-') ? await saveStandardInput(context.streams.stdin) : null;
	try {
		const paths = files.map((file) => (file === '-' && piped !== null ? piped.path : resolve(file)));
		return await withApplication(context, async (client) => {
			const previewJob = await followJob(client, await client.exchange.preview({ paths }), 'Reading', context);
			if (previewJob === null) return context.interrupt.exitCode;
			const found = await client.exchange.report({ jobId: previewJob.id });
			if (preview || found.conversations + found.extended === 0) {
				await client.exchange.discard({ previewId: previewJob.id });
				return printReport(context, found, preview);
			}
			const job = await client.exchange.import({ previewId: previewJob.id });
			const done = await followJob(client, job, 'Importing', context);
			if (done === null) return context.interrupt.exitCode;
			return printReport(context, await client.exchange.report({ jobId: done.id }), false);
		});
	} finally {
		if (piped !== null) await rm(piped.folder, { recursive: true, force: true });
	}
}

function printReport({ output }: CommandContext, report: ImportReport, preview: boolean): number {
	const { conversations, extended, known, messages, samples, skipped, skippedCount } = report;
	const arrived = samples.filter(({ outcome }) => outcome !== 'known');
	const summary = [
		`${preview ? 'Would import' : 'Imported'} ${counted(conversations, 'conversation')} with ${counted(messages, 'message')}`,
		...(extended > 0
			? [`${preview ? 'would add' : 'added'} to ${extended} that ${extended === 1 ? 'is' : 'are'} here`]
			: []),
		...(known > 0 ? [`${known} ${known === 1 ? 'was' : 'were'} already imported`] : []),
	].join(', ');
	const lines = [
		summary,
		...arrived
			.slice(0, namesShown)
			.map(({ conversationId, title }) => `  ${conversationId ?? '-'}  ${oneLine(title, 80)}`),
		...(conversations + extended > namesShown && arrived.length > namesShown
			? [`  … and ${conversations + extended - namesShown} more`]
			: []),
		...skipped.slice(0, namesShown).map(({ what, why }) => `Left out ${what}: ${why}`),
		...(skippedCount > namesShown ? [`Left out ${skippedCount - namesShown} more`] : []),
	];
	const { samples: _, ...counts } = report;
	const listed = arrived.map(({ conversationId, ...rest }) => ({ id: conversationId, ...rest }));
	output.result({ preview, ...counts, imported: conversations, conversations: listed }, lines.join('\n'));
	// What is here already counts: the same import twice is no mistake.
	return conversations + extended + known === 0 ? exitCode.failed : exitCode.done;
}
