import { createReadStream, existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ExportedFile, ExportFormat } from '../../../contract/import-export/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { exportTooLarge, fileExists, maxTextBytes, moveTo } from '../exported-file.ts';
import { followJob } from '../follow-job.ts';
import { counted } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface ExportOptions {
	readonly all?: boolean;
	readonly format: ExportFormat;
	readonly output?: string;
	readonly force?: boolean;
}

/** `assay conversations export <id>…`: writes to a file with --output, else to standard output. */
export async function exportConversations(
	context: CommandContext,
	ids: readonly number[],
	options: ExportOptions,
): Promise<number> {
	const { format, all = false } = options;
	if (ids.length === 0 && !all) throw new UsageError('choose conversations by number, or use --all');
	if (ids.length > 0 && all) throw new UsageError('use either numbers or --all');
	const target = options.output === undefined ? null : resolve(options.output);
	const archive = format !== 'json' && (all || ids.length > 1);
	if (archive && target === null && (context.output.json || context.streams.stdout.isTTY)) {
		throw new UsageError('several conversations are exported as a zip archive: choose a file with --output <file>');
	}
	if (target !== null && existsSync(target) && options.force !== true) throw fileExists(target);
	return withApplication(context, async (client) => {
		const job = await client.exchange.export({ ids: all ? null : [...ids], format });
		const done = await followJob(client, job, 'Exporting', context);
		if (done === null) return context.interrupt.exitCode;
		const file = await client.exchange.exported({ jobId: done.id });
		try {
			await writeExport(context, file, format, target);
		} finally {
			await rm(dirname(file.path), { recursive: true, force: true });
		}
		return exitCode.done;
	});
}

async function writeExport(
	{ output }: CommandContext,
	{ fileName, sizeBytes, conversations, path }: ExportedFile,
	format: ExportFormat,
	target: string | null,
): Promise<void> {
	const facts = { format, fileName, conversations, sizeBytes };
	if (target !== null) {
		await moveTo(path, target);
		return output.result(
			{ ...facts, path: target },
			`Wrote ${counted(conversations, 'conversation')} to ${target} (${formatBytes(sizeBytes)})`,
		);
	}
	if (output.json) {
		if (sizeBytes > maxTextBytes) throw exportTooLarge(sizeBytes);
		return output.result({ ...facts, text: await readFile(path, 'utf8') }, '');
	}
	await output.pipe(createReadStream(path));
}
