import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { Fit, FitChange, Memory } from '../../electron/contract/library/fit.ts';
import type { ComputeDevice, ScanReport } from '../../electron/contract/library/schema.ts';
import type { Connection } from '../connection/connection.ts';

export interface FitState {
	memory: Memory | null;
	/** By model file id. */
	fits: Readonly<Record<number, Fit>>;
	/** Context size, in tokens, that the badges assume for models without their own. */
	contextSize: number;
	/** Devices that the engine reports; null: not asked yet. */
	devices: readonly ComputeDevice[] | null;
	/** Share of each file that has been hashed, by id. */
	hashing: Readonly<Record<number, number>>;
	/** The running scan, or the latest one with its report. */
	scan: { job: Job; report: ScanReport | null } | null;
}

export interface FitStore {
	readonly state: StoreApi<FitState>;
	refresh(): Promise<void>;
	setContext(contextSize: number): void;
	/** Estimates the fit of one model with these changes to its load settings. */
	look(id: number, change: FitChange): Promise<Fit>;
	/** Asks the engine for its devices, once. */
	lookAtDevices(): Promise<void>;
	applyHash(modelFileId: number, fraction: number): void;
	scan(paths: readonly string[]): Promise<void>;
	cancelScan(): Promise<void>;
	dismissScan(): void;
	applyJob(job: Job): void;
}

/** Context sizes that badges can assume, in tokens. */
export const contextSizes: readonly number[] = [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** Pause after the last request before the fits are calculated again, in ms. */
const restMs = 80;

export function createFitStore({ client }: Connection, onFailure: (error: unknown) => void): FitStore {
	const state = createStore<FitState>(() => ({
		memory: null,
		fits: {},
		contextSize: 8192,
		devices: null,
		hashing: {},
		scan: null,
	}));
	let wanted = 0;

	async function refresh(): Promise<void> {
		wanted += 1;
		const mine = wanted;
		await new Promise((resolve) => setTimeout(resolve, restMs));
		if (mine !== wanted) return;
		const { contextSize } = state.getState();
		const answer = await client.models.fits({ contextSize }).catch(() => null);
		// A newer request is on its way; use its answer.
		if (answer === null || mine !== wanted) return;
		const fits = Object.fromEntries(answer.fits.map((fit) => [fit.modelFileId ?? 0, fit]));
		state.setState({ memory: answer.memory, fits });
	}

	return {
		state,
		refresh,
		setContext(contextSize) {
			state.setState({ contextSize });
			void refresh();
		},
		look: (id, change) => client.models.fit({ id, change }),
		async lookAtDevices() {
			if (state.getState().devices !== null) return;
			const found = await client.models.devices().catch(() => null);
			if (found !== null) state.setState({ devices: found.devices });
		},
		applyHash(modelFileId, fraction) {
			state.setState(({ hashing }) => ({ hashing: { ...hashing, [modelFileId]: fraction } }));
		},
		async scan(paths) {
			try {
				const job = await client.models.scan({ paths: [...paths] });
				state.setState({ scan: { job, report: null } });
			} catch (error) {
				onFailure(error);
			}
		},
		async cancelScan() {
			const { scan } = state.getState();
			if (scan !== null) await client.jobs.cancel({ jobId: scan.job.id }).catch(onFailure);
		},
		dismissScan: () => state.setState({ scan: null }),
		applyJob(job) {
			if (job.kind !== 'scan') return;
			const { scan } = state.getState();
			state.setState({ scan: { job, report: scan?.job.id === job.id ? scan.report : null } });
			if (job.state !== 'done') return;
			client.models.scanReport({ jobId: job.id }).then(
				({ report }) => state.setState({ scan: { job, report } }),
				() => {},
			);
		},
	};
}
