import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment, oneLine, table } from '../table.ts';

export async function listDatasets(context: CommandContext): Promise<number> {
	const { datasets } = await withApplication(context, (client) => client.datasets.list({}));
	const listed = datasets.map(({ id, name, description, starterId, latest, versions, updatedAt }) => ({
		id,
		name,
		description,
		starterId,
		versions,
		updatedAt,
		version: latest.number,
		versionId: latest.id,
		draft: latest.frozenAt === null,
		samples: latest.samples,
		sha256: latest.sha256,
	}));
	const rows = listed.map(({ id, name, version, draft, samples, starterId, updatedAt }) => [
		String(id),
		oneLine(name, 50),
		samples.toLocaleString('en'),
		`${version}${draft ? ' (draft)' : ''}`,
		starterId === null ? moment(updatedAt) : 'comes with Assay',
	]);
	context.output.result(
		{ datasets: listed },
		rows.length === 0
			? 'No datasets yet. Add one: assay datasets import <file>'
			: table(['ID', 'NAME', 'SAMPLES', 'VERSION', 'CHANGED'], rows),
	);
	return exitCode.done;
}
