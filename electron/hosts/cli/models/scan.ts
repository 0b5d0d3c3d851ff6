import { resolve } from 'node:path';
import type { ScanReport } from '../../../contract/library/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { counted } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { modelRow, modelTable } from './model-table.ts';

export interface ScanOptions {
	/** Also the default folders of other programs. */
	readonly apps: boolean;
}

/**
 * Returns the folders to scan: the named ones, with `apps` also those of other programs; without either, those added
 * before.
 */
async function foldersOf(client: Client, named: readonly string[], { apps }: ScanOptions): Promise<readonly string[]> {
	const { places } = await client.models.places();
	const there = places.filter(({ exists }) => exists);
	const others = apps ? there.filter(({ id }) => id === null).map(({ path }) => path) : [];
	const chosen = [...named.map((folder) => resolve(folder)), ...others];
	return chosen.length > 0 || apps ? chosen : there.filter(({ id }) => id !== null).map(({ path }) => path);
}

function reportLine({ files, added, known, broken }: ScanReport): string {
	return `${counted(files, 'file')} found: ${added} added, ${known} already known, ${broken} with problems`;
}

/** `assay models scan [folder…]`: adds every model in the folders in place; damaged files too, with what is wrong. */
export async function scanModels(
	context: CommandContext,
	named: readonly string[],
	options: ScanOptions,
): Promise<number> {
	const { output, interrupt } = context;
	return withApplication(context, async (client) => {
		const paths = await foldersOf(client, named, options);
		if (paths.length === 0) {
			throw new UsageError(
				options.apps
					? 'found no folder of LM Studio, Jan, Ollama, llama.cpp or Hugging Face in its default place'
					: 'name a folder, or use --apps to scan the folders of other programs',
			);
		}
		for (const path of paths) output.note(`Scanning ${path}`);
		const job = await followJob(client, await client.models.scan({ paths: [...paths] }), 'Scanning:', context);
		if (job === null) return interrupt.exitCode;
		const { report } = await client.models.scanReport({ jobId: job.id });
		const { models } = await client.models.list();
		const unreadable = report?.unreadable.map(({ failure }) => `! ${failure.message}`) ?? [];
		const lines = [...(report === null ? [] : [reportLine(report)]), ...unreadable];
		output.result(
			{ folders: paths, ...report, models: models.map(modelRow) },
			[...lines, ...(models.length > 0 ? ['', modelTable(models)] : [])].join('\n'),
		);
		return exitCode.done;
	});
}
