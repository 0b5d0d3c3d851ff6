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

/** What fetching a model is given. */
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

/** What is to be fetched: as it was looked up before, unless that has turned out to be wrong since. */
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

/** Whole and right as the hub sent it; but is it a model that can be used? A part of a split one can't be by itself. */
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
 * Fetches what the job asks for and puts it into the library; returns its id there. A file that the library has already,
 * by its hash, is not fetched again. Rejects as `downloadFiles`, `lookUpFiles` and `ModelFiles.add` do.
 */
export async function runDownload(job: DownloadJob, context: RunDownloadContext, signal: AbortSignal): Promise<number> {
	const { seam, files, hub, modelsFolder, records, options, update } = context;
	const plan = await planOf(job, context, signal);
	const hash = plan.files.length === 1 ? (plan.files[0]?.sha256 ?? null) : null;
	const known = hash === null ? undefined : files.all().find(({ sha256 }) => sha256 === hash);
	if (known !== undefined && (await files.check(known.id).catch(() => null)) !== null) return known.id;
	update(job, { freeBytes: Math.round(await (options.freeDiskBytes ?? freeDiskBytes)(seam.dataFolder)) });
	// What does not come from the hub needs no address of one.
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
		// The library's hash of a split model is that of all its parts.
		sha256: plan.files.length === 1 ? pulled.sha256 : null,
		source: address === null ? pulled.source : `${address.url.host}/${plan.repository}`,
	});
	return file.id;
}

/** The longest wait that a server may ask for, ms. */
const longestWaitMs = 3_600_000;

/** How long to wait before another try, ms, `attempt` counted from 1; null: a person has to do something. */
export function retryAfter(error: unknown, attempt: number, backOffMs: readonly number[]): number | null {
	const cause = error instanceof Failure ? error.cause : error;
	if (!(cause instanceof NetworkProblem) || !(cause.passing || cause.unreached)) return null;
	const usual = backOffMs[attempt - 1];
	const asked = cause.retryAfterMs ?? 0;
	return usual === undefined || asked > longestWaitMs ? null : Math.max(usual, asked);
}

/**
 * The failure as people should read it: a hub that wants its terms accepted says so. What was looked up is marked as
 * stale where the hub did not have what it had promised.
 */
export function explainFailure(job: DownloadJob, error: unknown, hub: Hub): unknown {
	const repository = job.record.plan?.repository ?? null;
	if (!(error instanceof Failure) || !(error.cause instanceof NetworkProblem) || repository === null) return error;
	const { status, passing, unreached } = error.cause;
	if (!passing && !unreached) {
		hub.forget(repository);
		job.record = { ...job.record, stale: true };
	}
	return status === 401 || status === 403 ? hubFailure(error.cause, hub.address(), repository) : error;
}
