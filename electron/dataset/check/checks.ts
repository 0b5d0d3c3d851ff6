import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { CheckInput, CheckReport } from '../../contract/dataset/schema.ts';
import type { Job } from '../../contract/jobs/schema.ts';
import type { DatasetContext } from '../context.ts';
import { getDataset } from '../store/datasets.ts';
import { getVersion } from '../store/versions.ts';
import type { TaskRunner } from '../task-runner.ts';
import type { CheckResult, Removable } from './run-check.ts';

/** Checks versions, run as jobs. */
export interface DatasetChecks {
	/** Throws Failure `version-unknown`, `model-not-loaded`. */
	start(input: CheckInput): Job;
	/** Throws Failure `result-unknown`. */
	report(jobId: string): CheckReport;
	/** Returns the samples that can be removed, and the dataset. Throws Failure `result-unknown`. */
	removable(
		jobId: string,
		which: 'exact' | 'near',
		keepNumberVariants: boolean,
	): { datasetId: number; ids: readonly number[] };
}

/** Most reports to remember. */
const keptReports = 20;

export function createDatasetChecks(context: DatasetContext, tasks: TaskRunner): DatasetChecks {
	const { database, jobs, models } = context;
	const results = new Map<string, CheckResult>();

	function resultOf(jobId: string): CheckResult {
		const result = results.get(jobId);
		if (result !== undefined) return result;
		throw new Failure({
			code: 'result-unknown',
			message: said`This check report has expired: Assay restarted, or newer ones replaced it.`,
			next: [said`Check again`],
		});
	}

	return {
		start(input) {
			const { datasetId } = getVersion(database, input.versionId);
			const modelName = input.modelFileId === null ? null : models.modelFile(input.modelFileId).name;
			if (input.modelFileId !== null && models.loaded(input.modelFileId) === null) throw notLoaded(modelName ?? '');
			async function count(texts: readonly string[]): Promise<readonly number[] | null> {
				const engine = input.modelFileId === null ? null : models.loaded(input.modelFileId);
				if (engine === null) return null;
				return (await engine.countTokens({ turns: [], texts: [...texts] })).textTokens;
			}
			const job = jobs.start({
				kind: 'dataset-check',
				title: getDataset(database, datasetId).name,
				unit: 'samples',
				lane: 'dataset-read',
				async work(control) {
					results.set(job.id, await tasks.onWorker<'check'>({ kind: 'check', input, modelName }, control, count));
					for (const old of [...results.keys()].slice(0, Math.max(0, results.size - keptReports))) results.delete(old);
				},
			});
			return job;
		},
		report: (jobId) => resultOf(jobId).report,
		removable(jobId, which, keepNumberVariants) {
			const { report, removable } = resultOf(jobId);
			const { datasetId } = getVersion(database, report.versionId);
			const key: keyof Removable = which === 'exact' ? 'exact' : keepNumberVariants ? 'near' : 'nearWithNumbers';
			return { datasetId, ids: removable[key] };
		},
	};
}

function notLoaded(name: string): Failure {
	return new Failure({
		code: 'model-not-loaded',
		message: said`${name} is not loaded, so it can’t count tokens.`,
		next: [said`Load it in Models first`, said`Or check without a model, which counts words`],
	});
}
