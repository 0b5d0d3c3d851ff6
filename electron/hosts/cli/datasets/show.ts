import { findDataset, findVersion } from '../../../contract/dataset/find-dataset.ts';
import type { SampleFilter } from '../../../contract/dataset/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { moment, oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';

export interface ShowOptions {
	readonly versionNumber?: number;
	readonly limit: number;
	readonly offset: number;
	readonly text?: string;
	readonly split?: string;
	readonly tag: readonly string[];
}

/** Samples requested at once. */
const pageSize = 500;

/** `assay datasets show <dataset>`: prints samples, in full with --json. */
export async function showDataset(context: CommandContext, name: string, options: ShowOptions): Promise<number> {
	const filter = filterOf(options);
	const found = await withApplication(context, async (client) => {
		const dataset = await findDataset(client, name);
		const version = await findVersion(client, dataset, options.versionNumber);
		const { versions } = await client.datasets.get({ id: dataset.id });
		const facets = await client.datasets.samples.facets({ versionId: version.id });
		const { rows, total } = await rowsOf(client, version.id, filter, options);
		const samples = context.output.json
			? await Promise.all(rows.map(({ id }) => client.datasets.samples.get({ versionId: version.id, sampleId: id })))
			: [];
		return { dataset, version, versions, facets, rows, total, samples };
	});
	const { dataset, version, versions, facets, rows, total, samples } = found;
	const counts = (list: readonly { readonly count: number }[], nameOf: (index: number) => string): string =>
		list.map(({ count }, index) => `${nameOf(index)} ${count.toLocaleString('en')}`).join(', ');
	const lines = [
		`${dataset.name}, version ${version.number}${version.frozenAt === null ? ' (draft)' : ''}: ${version.samples.toLocaleString('en')} samples`,
		...(dataset.description === '' ? [] : [dataset.description]),
		...(version.sha256 === null ? [] : [`sha256 ${version.sha256}`]),
		`Splits: ${counts(facets.splits, (index) => facets.splits[index]?.split ?? '') || 'none'}`,
		`Tags: ${counts(facets.tags.slice(0, 12), (index) => facets.tags[index]?.tag ?? '') || 'none'}${facets.tags.length > 12 ? ', …' : ''}`,
		`Variables: ${facets.variables.join(', ') || 'none'}`,
		'',
		table(
			['VERSION', 'SAMPLES', 'FROZEN', 'NOTE'],
			versions.map(({ number, samples: count, frozenAt, note }) => [
				String(number),
				count.toLocaleString('en'),
				frozenAt === null ? 'draft' : moment(frozenAt),
				oneLine(note, 60),
			]),
		),
		...(rows.length === 0
			? []
			: [
					'',
					table(
						['ID', 'SPLIT', 'INPUT', 'TARGET'],
						rows.map(({ key, split, input, target }) => [
							oneLine(key, 24),
							split,
							oneLine(input, 70),
							oneLine(target ?? '', 30),
						]),
					),
					...(total > options.offset + rows.length ? [`… of ${total.toLocaleString('en')}`] : []),
				]),
	];
	context.output.result({ dataset, version, versions, facets, total, samples }, lines.join('\n'));
	return exitCode.done;
}

async function rowsOf(client: Client, versionId: number, filter: SampleFilter, { limit, offset }: ShowOptions) {
	const first = { versionId, filter, offset, limit: Math.max(1, Math.min(pageSize, limit)) };
	const { rows, total } = await client.datasets.samples.list(first);
	if (limit === 0) return { rows: [], total };
	while (rows.length < Math.min(limit, total - offset)) {
		const next = { offset: offset + rows.length, limit: Math.min(pageSize, limit - rows.length) };
		const page = await client.datasets.samples.list({ ...next, versionId, filter });
		if (page.rows.length === 0) break;
		rows.push(...page.rows);
	}
	return { rows, total };
}

export function filterOf({ text, split, tag }: Pick<ShowOptions, 'text' | 'split' | 'tag'>): SampleFilter {
	return {
		...(text === undefined ? {} : { text }),
		...(split === undefined ? {} : { splits: [split] }),
		...(tag.length === 0 ? {} : { tags: [...tag] }),
	};
}
