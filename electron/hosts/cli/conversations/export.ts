import { createReadStream, existsSync } from 'node:fs';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../../../models/contract/failure.ts';
import type { ExportedFile, ExportFormat } from '../../../contract/import-export/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { counted } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface ExportOptions {
	readonly all?: boolean;
	readonly format: ExportFormat;
	readonly output?: string;
	readonly force?: boolean;
}

/** Largest document, in bytes, that is embedded as text in JSON; a larger one must be written to a file. */
export const maxTextBytes = 64 * 1024 * 1024;

/** `assay conversations export <id>…`: writes to a file with --output, else to standard output. */
export async function exportConversations(
	context: CommandContext,
	ids: readonly number[],
	options: ExportOptions,
): Promise<number> {
	const { format, all = false } = options;
	if (ids.length === 0 && !all) throw new UsageError('say which conversations: their numbers, or --all');
	if (ids.length > 0 && all) throw new UsageError('either numbers or --all');
	const target = options.output === undefined ? null : resolve(options.output);
	const archive = format !== 'json' && (all || ids.length > 1);
	if (archive && target === null && (context.output.json || process.stdout.isTTY)) {
		throw new UsageError('several conversations become a zip archive: say where with --output <file>');
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

/** A rename cannot cross disks; in that case an unfinished copy has another name. */
export async function moveTo(path: string, target: string): Promise<void> {
	try {
		await rename(path, target);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw unwritable(target, error);
		const unfinished = `${target}.unfinished`;
		try {
			await copyFile(path, unfinished);
			await rename(unfinished, target);
		} catch (cause) {
			await rm(unfinished, { force: true });
			throw unwritable(target, cause);
		}
	}
}

export function fileExists(target: string): Failure {
	return new Failure({
		code: 'file-exists',
		message: `There is a file ${target} already`,
		next: ['Choose another name', 'Replace it with --force'],
	});
}

function unwritable(target: string, cause: unknown): Failure {
	const why = cause instanceof Error ? cause.message : String(cause);
	return new Failure(
		{ code: 'file-unwritable', message: `${target} cannot be written (${why})`, next: ['Choose another place'] },
		{ cause },
	);
}

export function exportTooLarge(sizeBytes: number): Failure {
	return new Failure({
		code: 'export-too-large',
		message: `The export has ${formatBytes(sizeBytes)}, too much for one JSON document on standard output`,
		next: ['Write it to a file: --output <file>'],
	});
}
