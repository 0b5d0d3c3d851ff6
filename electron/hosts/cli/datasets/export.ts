import { createReadStream, existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findDataset, findVersion } from '../../../contract/dataset/find-dataset.ts';
import type { DatasetExportFormat } from '../../../contract/dataset/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { exportTooLarge, fileExists, maxTextBytes, moveTo } from '../exported-file.ts';
import { followJob } from '../follow-job.ts';
import { withApplication } from '../with-application.ts';
import { filterOf } from './show.ts';

export interface ExportOptions {
	readonly versionNumber?: number;
	readonly format: DatasetExportFormat;
	readonly split?: string;
	readonly tag: readonly string[];
	readonly output?: string;
	readonly force?: boolean;
}

/** `assay datasets export <dataset>`: writes to a file with --output, else to standard output. */
export async function exportDataset(context: CommandContext, name: string, options: ExportOptions): Promise<number> {
	const { output } = context;
	const target = options.output === undefined ? null : resolve(options.output);
	if (target !== null && existsSync(target) && options.force !== true) throw fileExists(target);
	return withApplication(context, async (client) => {
		const dataset = await findDataset(client, name);
		const version = await findVersion(client, dataset, options.versionNumber);
		const { format } = options;
		const job = await client.datasets.export({ versionId: version.id, filter: filterOf(options), format });
		const done = await followJob(client, job, 'Exporting', context);
		if (done === null) return context.interrupt.exitCode;
		const { path, ticket: _, ...file } = await client.datasets.exported({ jobId: done.id });
		try {
			const facts = { format, dataset: { id: dataset.id, name: dataset.name, version: version.number }, ...file };
			const left = file.leftOut === 0 ? '' : `; skipped ${file.leftOut} that don’t fit this format`;
			if (target !== null) {
				await moveTo(path, target);
				const text = `Wrote ${file.samples} samples to ${target} (${formatBytes(file.sizeBytes)})${left}`;
				output.result({ ...facts, path: target }, text);
			} else if (output.json) {
				if (file.sizeBytes > maxTextBytes) throw exportTooLarge(file.sizeBytes);
				output.result({ ...facts, text: await readFile(path, 'utf8') }, '');
			} else {
				await output.pipe(createReadStream(path));
				if (left !== '') output.note(left.slice(2));
			}
		} finally {
			await rm(dirname(path), { recursive: true, force: true });
		}
		return exitCode.done;
	});
}
