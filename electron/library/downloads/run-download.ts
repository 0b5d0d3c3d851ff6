import { Failure } from '../../../models/contract/failure.ts';
import { freeDiskBytes } from '../../../models/disk-space.ts';
import { type DownloadModelOptions, downloadFiles } from '../../../models/download/download-model.ts';
import { NetworkProblem } from '../../../models/download/network-gate.ts';
import type { DownloadProgress } from '../../../models/download/progress.ts';
import { checkGgufFile, obstacle, readGgufFacts } from '../../../models/gguf/read-gguf.ts';
import { hubFailure } from '../../../models/hub/hub-failures.ts';
import type { Download } from '../../contract/library/hub.ts';
import type { ModelFiles } from '../model-files.ts';
import type { LibrarySeam } from '../model-service.ts';
import { type DownloadJob, downloadView } from './download-job.ts';
import { lookUpFiles, type Offers } from './download-plan.ts';
import { type DownloadPlan, type DownloadRecords, downloadFolder } from './download-record.ts';
import type { Hub } from './hub-search.ts';

export type RunDownloadOptions = Pick<DownloadModelOptions, 'timing' | 'environment' | 'runPython' | 'freeDiskBytes'>;

/** What a download needs. */
export interface RunDownloadContext {
	readonly seam: LibrarySeam;
	readonly files: ModelFiles;
	readonly hub: Hub;
	readonly offers: Offers;
	readonly modelsFolder: string;
	readonly records: DownloadRecords;
	readonly options: RunDownloadOptions;
	readonly update: (job: DownloadJob, change: Partial<Download>) => void;
}

const sameFiles = (a: DownloadPlan, b: DownloadPlan): boolean =>
	a.folder === b.folder &&
	a.files.length === b.files.length &&
	a.files.every(({ fileName, sizeBytes, sha256 }, index) => {
		const other = b.files[index];
		return other?.fileName === fileName && other.sizeBytes === sizeBytes && other.sha256 === sha256;
	});

/** Returns the files to fetch: from the earlier lookup, unless it turned out to be wrong. */
async function planOf(job: DownloadJob, context: RunDownloadContext, signal: AbortSignal): Promise<DownloadPlan> {
	const { records, offers, hub } = context;
	const { plan: old, stale } = job.record;
	if (old !== null && !stale) return old;
	const plan = await lookUpFiles(job.record.request, offers, hub, signal);
	const goesOn = old !== null && sameFiles(old, plan);
	if (old !== null && !goesOn) await records.discard(job.record);
	const versions = goesOn ? job.record.versions : {};
	job.record = { ...job.record, plan, name: plan.name, versions, stale: false };
	records.save(job.record);
	context.update(job, downloadView(job.record, records.receivedBytes(plan)));
	return plan;
}

/**
 * The file arrived as the hub sent it; this checks that it is a usable model. Of a split model's part it checks only
 * the format, because a part can't be used alone.
 */
async function check(partial: string, plan: DownloadPlan): Promise<void> {
	if (plan.files.length > 1) return checkGgufFile(partial);
	const facts = await readGgufFacts(partial);
	const hindrance = facts.kind === 'model' ? obstacle(facts) : null;
	if (hindrance !== null) throw hindrance;
}

function progressOf({ stage, receivedBytes, totalBytes, ...rest }: DownloadProgress): Partial<Download> {
	const state = stage === 'connecting' || stage === 'receiving' ? 'running' : 'verifying';
	return { state, receivedBytes, totalBytes, ...rest };
}

/**
 * Fetches the files of a job and adds them to the library; returns the id there. Skips a file whose hash the library
 * already has. Rejects as `downloadFiles`, `lookUpFiles` and `ModelFiles.add` do.
 */
export async function runDownload(job: DownloadJob, context: RunDownloadContext, signal: AbortSignal): Promise<number> {
	const { seam, files, hub, modelsFolder, records, options, update } = context;
	const plan = await planOf(job, context, signal);
	const hash = plan.files.length === 1 ? (plan.files[0]?.sha256 ?? null) : null;
	const known = hash === null ? undefined : files.all().find(({ sha256 }) => sha256 === hash);
	if (known !== undefined && (await files.check(known.id).catch(() => null)) !== null) return known.id;
	update(job, { freeBytes: Math.round(await (options.freeDiskBytes ?? freeDiskBytes)(seam.dataFolder)) });
	// A download from elsewhere needs no hub address.
	const address = plan.repository === null ? null : hub.address();
	const pulled = await downloadFiles(plan.files, {
		...options,
		folder: downloadFolder(modelsFolder, plan),
		signal,
		onProgress: (step) => update(job, progressOf(step)),
		network: {
			isBlocked: seam.networkBlocked,
			report: (record) => seam.events.publish({ type: 'network-request', at: seam.clock(), ...record }),
		},
		authorization: ({ host }) =>
			address !== null && address.token !== null && host === address.url.host ? `Bearer ${address.token}` : undefined,
		versions: (fileName) => ({
			get: () => job.record.versions[fileName] ?? null,
			set(version) {
				const { [fileName]: _old, ...others } = job.record.versions;
				job.record = { ...job.record, versions: version === null ? others : { ...others, [fileName]: version } };
				records.save(job.record);
			},
		}),
		check: (partial) => check(partial, plan),
	});
	const file = await files.add(pulled.path, {
		name: plan.name,
		catalogueId: job.download.catalogueId,
		license: plan.license,
		// The library's hash of a split model covers all its parts.
		sha256: plan.files.length === 1 ? pulled.sha256 : null,
		source: address === null ? pulled.source : `${address.url.host}/${plan.repository}`,
	});
	return file.id;
}

/** Longest wait that a server may ask for, ms. */
const longestWaitMs = 3_600_000;

/** Returns how long to wait before a retry, ms, with `attempt` counted from 1; null if the user has to act. */
export function retryAfter(error: unknown, attempt: number, backOffMs: readonly number[]): number | null {
	const cause = error instanceof Failure ? error.cause : error;
	if (!(cause instanceof NetworkProblem) || !(cause.isTemporary || cause.isUnreachable)) return null;
	const usual = backOffMs[attempt - 1];
	const asked = cause.retryAfterMs ?? 0;
	return usual === undefined || asked > longestWaitMs ? null : Math.max(usual, asked);
}

/**
 * Returns the failure to show to the user, e.g. that the hub requires accepting terms. Marks the lookup as stale if the
 * hub did not have the promised file.
 */
export function explainFailure(job: DownloadJob, error: unknown, hub: Hub): unknown {
	const repository = job.record.plan?.repository ?? null;
	if (!(error instanceof Failure) || !(error.cause instanceof NetworkProblem) || repository === null) return error;
	const { status, isTemporary: passing, isUnreachable: unreached } = error.cause;
	if (!passing && !unreached) {
		hub.forget(repository);
		job.record = { ...job.record, stale: true };
	}
	return status === 401 || status === 403 ? hubFailure(error.cause, hub.address(), repository) : error;
}
