/** Progress of a download. */
export interface DownloadProgress {
	readonly stage: 'connecting' | 'receiving' | 'unpacking' | 'verifying';
	readonly receivedBytes: number;
	readonly totalBytes: number;
	/** Mean over the last seconds; null until known. */
	readonly bytesPerSecond: number | null;
	readonly secondsLeft: number | null;
	/** The sending host. */
	readonly source: string | null;
}

/** Long enough to be steady, short enough to notice a slower connection. */
const windowMs = 5000;
/** Time between two reports: ten a second look smooth. */
const reportMs = 100;

/** Turns byte counts into progress with speed and remaining time, at most ten times a second. */
export class ProgressMeter {
	readonly #report: (progress: DownloadProgress) => void;
	readonly #clock: () => number;
	#samples: { readonly at: number; readonly bytes: number }[] = [];
	#stage: DownloadProgress['stage'] = 'connecting';
	#source: string | null = null;
	#total = 0;
	#received = 0;
	/** Bytes of the files before this one, and of all files; null for a single file. */
	#set: { readonly doneBytes: number; readonly totalBytes: number } | null = null;
	#lastReport = Number.NEGATIVE_INFINITY;

	constructor(report: (progress: DownloadProgress) => void, clock: () => number = () => performance.now()) {
		this.#report = report;
		this.#clock = clock;
	}

	/** Counts the following bytes as one file of several; `doneBytes` came before it. */
	within(doneBytes: number, totalBytes: number): void {
		this.#set = { doneBytes, totalBytes };
	}

	/** Starts a stage, which is always reported. */
	begin(stage: DownloadProgress['stage'], source: string | null, totalBytes: number, received = 0): void {
		this.#stage = stage;
		this.#source = source;
		this.#total = totalBytes;
		this.#received = received;
		this.#samples = [];
		this.#lastReport = Number.NEGATIVE_INFINITY;
		this.#say();
	}

	/** Sets the bytes received so far; the first ones end the stage "connecting". */
	receive(received: number, source: string): void {
		if (this.#stage === 'connecting') this.begin('receiving', source, this.#total, received);
		this.update(received);
	}

	/** Sets the bytes done in this stage, including those of an earlier attempt. */
	update(received: number): void {
		this.#received = received;
		const now = this.#clock();
		// A smaller number means that the transfer restarted.
		if (received < (this.#samples.at(-1)?.bytes ?? 0)) this.#samples = [];
		this.#samples.push({ at: now, bytes: received });
		while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > windowMs) this.#samples.shift();
		if (now - this.#lastReport >= reportMs || received >= this.#total) this.#say();
	}

	#say(): void {
		this.#lastReport = this.#clock();
		const [first] = this.#samples;
		const last = this.#samples.at(-1);
		const elapsed = first !== undefined && last !== undefined ? last.at - first.at : 0;
		const speed = first !== undefined && last !== undefined && elapsed > 0 ? (last.bytes - first.bytes) / elapsed : 0;
		const bytesPerSecond = speed > 0 ? speed * 1000 : null;
		const receivedBytes = this.#received + (this.#set?.doneBytes ?? 0);
		const totalBytes = this.#set?.totalBytes ?? this.#total;
		this.#report({
			stage: this.#stage,
			receivedBytes,
			totalBytes,
			bytesPerSecond,
			secondsLeft: bytesPerSecond === null ? null : (totalBytes - receivedBytes) / bytesPerSecond,
			source: this.#source,
		});
	}
}
