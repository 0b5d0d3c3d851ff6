import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CheckReport } from '../../electron/contract/dataset/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import type { JobWatch } from './job-watch.ts';

/** State of one version's check. `jobId` identifies the report in calls that act on it. */
export type Check =
	| { readonly status: 'running'; readonly job: Job }
	| { readonly status: 'done'; readonly jobId: string; readonly report: CheckReport }
	| { readonly status: 'failed'; readonly failure: FailureFacts };

export interface CheckStore {
	/** By version; versions that were not checked are missing. */
	readonly state: StoreApi<Readonly<Record<number, Check>>>;
	/** `modelFileId`: the model that counts tokens; null: counts words. */
	start(versionId: number, modelFileId: number | null): Promise<void>;
	cancel(versionId: number): Promise<void>;
}

export function createCheckStore({ client }: Connection, jobs: JobWatch): CheckStore {
	const state = createStore<Readonly<Record<number, Check>>>(() => ({}));
	const put = (versionId: number, check: Check): void => state.setState({ [versionId]: check });
	function forget(versionId: number): void {
		const { [versionId]: _, ...rest } = state.getState();
		state.setState(rest, true);
	}
	return {
		state,
		async start(versionId, modelFileId) {
			if (state.getState()[versionId]?.status === 'running') return;
			try {
				const job = await client.datasets.checks.start({ versionId, modelFileId });
				put(versionId, { status: 'running', job });
				if (!(await jobs.end(job))) return forget(versionId);
				const report = await client.datasets.checks.report({ jobId: job.id });
				put(versionId, { status: 'done', jobId: job.id, report });
			} catch (error) {
				if (isConnectionLoss(error)) forget(versionId);
				else put(versionId, { status: 'failed', failure: toFailure(error) });
			}
		},
		async cancel(versionId) {
			const check = state.getState()[versionId];
			if (check?.status === 'running') await jobs.cancel(check.job.id);
		},
	};
}
