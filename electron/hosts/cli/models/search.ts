import type { CatalogueEntry, HubFit, HubModel, HubRepository } from '../../../contract/library/hub.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { table } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface SearchOptions {
	readonly sort: string;
	readonly limit: string;
}

const sorts = { downloads: 'downloads', likes: 'likes', updated: 'lastModified', trending: 'trendingScore' } as const;

const fitWords = { fits: 'fits', tight: 'tight', 'wont-fit': 'won’t fit' } as const;
const fitText = (value: HubFit | null): string => (value === null ? '?' : fitWords[value.verdict]);
const weights = (count: number | null): string =>
	count === null ? '?' : count >= 999.5e6 ? `${(count / 1e9).toFixed(1)} B` : `${Math.round(count / 1e6)} M`;

/** `assay models search [text]`: the catalogue, search results of the hub, or the files of one repository. */
export async function searchModels(context: CommandContext, text: string, options: SearchOptions): Promise<number> {
	const { output } = context;
	const sort = Object.entries(sorts).find(([name]) => name === options.sort)?.[1];
	const limit = Number(options.limit);
	if (sort === undefined) throw new UsageError(`--sort is one of ${Object.keys(sorts).join(', ')}`);
	if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new UsageError('--limit is a number from 1 to 100');
	return withApplication(context, async (client) => {
		if (text.trim() === '') {
			const { entries } = await client.hub.catalogue();
			output.result({ models: entries }, listText(entries));
		} else if (/^[^\s/]+\/[^\s/]+$/.test(text.trim())) {
			const repository = await client.hub.repository({ repository: text.trim() });
			output.result({ repository }, repositoryText(repository));
		} else {
			const found = await client.hub.search({ text, sort, limit });
			output.result(found, resultText(found.models, text, found.more));
		}
		return exitCode.done;
	});
}

function listText(entries: readonly CatalogueEntry[]): string {
	const rows = entries.map((entry) => [
		...[entry.installed ? '*' : '', entry.id, weights(entry.parameters), entry.quantization],
		...[`${entry.sizeExact ? '' : 'about '}${formatBytes(entry.sizeBytes)}`, fitText(entry.fit), entry.license],
		entry.description,
	]);
	const head = ['', 'ID', 'WEIGHTS', 'QUANT', 'SIZE', 'HERE', 'LICENCE', 'FOR'];
	return `${table(head, rows)}\n\n* is on this computer. Download one: assay models pull <id>`;
}

function resultText(models: readonly HubModel[], text: string, more: boolean): string {
	if (models.length === 0) return `No results for "${text}" among the GGUF models of the hub. Try fewer words.`;
	const rows = models.map((model) => [
		...[model.repository, weights(model.parameters), fitText(model.fit), model.downloads.toLocaleString('en')],
		...[model.license ?? '?', model.gated ? 'terms must be accepted first' : ''],
	]);
	const rest = more ? '\nMore results exist: narrow the search, or raise --limit.' : '';
	return `${table(['REPOSITORY', 'WEIGHTS', 'HERE', 'DOWNLOADS', 'LICENCE', ''], rows)}${rest}\nList the files of one: assay models search <repository>`;
}

function repositoryText({ repository, files, recommendation, license, gated }: HubRepository): string {
	const rows = files.map((file) => [
		...[file.recommended ? '*' : '', file.quantization ?? '?', file.word ?? '', formatBytes(file.sizeBytes)],
		...[formatBytes(file.fit.neededBytes), file.kind === 'model' ? fitText(file.fit) : file.kind],
		`${file.path}${file.parts > 1 ? ` (${file.parts} parts)` : ''}`,
	]);
	return [
		`${repository}, licence: ${license ?? 'not stated'}${gated ? '; its terms must be accepted first' : ''}`,
		table(['', 'QUANT', '', 'SIZE', 'NEEDS', 'HERE', 'FILE'], rows),
		recommendation,
		`Download one: assay models pull ${repository}:<quant>`,
	].join('\n');
}
