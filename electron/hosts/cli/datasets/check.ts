import { findDataset, findVersion } from '../../../contract/dataset/find-dataset.ts';
import type { CheckReport, Duplicate } from '../../../contract/dataset/schema.ts';
import { knownModel } from '../choose-model.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { followJob } from '../follow-job.ts';
import { oneLine } from '../table.ts';
import { withApplication } from '../with-application.ts';

/** Findings on which a check can fail. */
export const gates = ['duplicates', 'near', 'overlap', 'conflicts', 'personal', 'no-target'] as const;

export interface CheckOptions {
	readonly versionNumber?: number;
	readonly near: number;
	readonly model?: string;
	readonly failOn: readonly string[];
}

const shown = 8;

/** `assay datasets check <dataset>`: exits with 3 if it finds anything that --fail-on names. */
export async function checkDataset(context: CommandContext, name: string, options: CheckOptions): Promise<number> {
	const found = await withApplication(context, async (client) => {
		const dataset = await findDataset(client, name);
		const version = await findVersion(client, dataset, options.versionNumber);
		const model = options.model === undefined ? null : await knownModel(client, options.model);
		if (model !== null) await client.models.load({ id: model.id });
		const job = await client.datasets.checks.start({
			versionId: version.id,
			nearThreshold: options.near === 0 ? null : options.near,
			modelFileId: model?.id ?? null,
		});
		const done = await followJob(client, job, 'Checking', context);
		return done === null ? null : { dataset, version, report: await client.datasets.checks.report({ jobId: done.id }) };
	});
	if (found === null) return context.interrupt.exitCode;
	const { dataset, version, report } = found;
	const failed = gates.filter((gate) => options.failOn.includes(gate) && countOf(report, gate) > 0);
	context.output.result(
		{ dataset: { id: dataset.id, name: dataset.name, version: version.number }, failed, report },
		[...lines(report), ...(failed.length === 0 ? [] : ['', `Check failed: ${failed.join(', ')}`])].join('\n'),
	);
	return failed.length === 0 ? exitCode.done : exitCode.checkFailed;
}

function countOf({ exact, near, overlap, conflicts, personal, withoutTarget }: CheckReport, gate: string): number {
	const across = overlap.reduce((sum, { count }) => sum + count, 0);
	const counts: Readonly<Record<string, number>> = {
		duplicates: exact.count,
		near: near.count,
		overlap: across,
		conflicts,
		personal: personal.count,
		'no-target': withoutTarget,
	};
	return counts[gate] ?? 0;
}

function lines(report: CheckReport): string[] {
	const { exact, near, overlap, conflicts, lengths, personal, withoutTarget, emptyInputs, targetNotAChoice } = report;
	const size = (length: number): string => Math.round(length).toLocaleString('en');
	const { unit, input, target } = lengths;
	const by = lengths.modelName === null ? '' : ` by ${lengths.modelName}`;
	return [
		`${report.samples.toLocaleString('en')} samples`,
		`Inputs: median ${size(input.median)} ${unit}${by}, 95th percentile ${size(input.p95)}, longest ${size(input.max)}`,
		...(target === null ? [] : [`Targets: median ${size(target.median)} ${unit}, longest ${size(target.max)}`]),
		...(lengths.counted < report.samples ? [`(based on ${lengths.counted.toLocaleString('en')} samples)`] : []),
		`Without a target: ${withoutTarget}`,
		...(emptyInputs > 0 ? [`Empty inputs: ${emptyInputs}`] : []),
		...(targetNotAChoice > 0 ? [`Target not among choices: ${targetNotAChoice}`] : []),
		`Exact duplicates: ${exact.count}${conflicts > 0 ? `, ${conflicts} with different targets` : ''}`,
		...exact.pairs.slice(0, shown).map(pairLine),
		...(near.threshold === null ? [] : [`Near duplicates (similarity ${near.threshold} or more): ${near.count}`]),
		...near.pairs.slice(0, shown).map(pairLine),
		...overlap.map(({ splits, count }) => `In both ${splits[0]} and ${splits[1]}: ${count}`),
		`Personal data: ${personal.byKind.map(({ kind, count }) => `${count} ${kind}`).join(', ') || 'none found'}`,
		...personal.findings
			.slice(0, shown)
			.map(
				({ key, field, before, found, after }) => `  ${key}, ${field}: …${oneLine(`${before}${found}${after}`, 80)}…`,
			),
	];
}

function pairLine({ first, second, similarity, onlyNumbers, sameTarget }: Duplicate): string {
	const facts = [
		...(similarity < 1 ? [similarity.toFixed(2)] : []),
		...(onlyNumbers ? ['only numbers differ'] : []),
		...(sameTarget ? [] : ['different target']),
	];
	const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
	return `  ${oneLine(first.key, 24)} and ${oneLine(second.key, 24)}${more}: ${oneLine(second.input, 60)}`;
}
