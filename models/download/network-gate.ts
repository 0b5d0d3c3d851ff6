import { Failure } from '../contract/failure.ts';

/** One request that was made or refused, for the log that people can read. */
export interface NetworkRecord {
	readonly host: string;
	readonly purpose: string;
	/** "200", "refused: …", "connection failed: …". */
	readonly outcome: string;
	/** Bytes of the answer's body. */
	readonly bytes: number;
}

/** What stands between this folder and the network: the lock switch and the request log. */
export interface NetworkGate {
	readonly isBlocked: () => boolean;
	readonly report: (record: NetworkRecord) => void;
}

export const networkBlocked = (): Failure =>
	new Failure({
		code: 'network-blocked',
		message: 'The network is switched off in the settings, so nothing was fetched.',
		next: ['Allow network access in the settings', 'Add a GGUF file that is on this computer already'],
	});

/** Times in milliseconds. Short, because another source is waiting and people are watching. */
export interface NetworkTiming {
	/** From the start of a request to the head of its answer. */
	readonly answerMs: number;
	/** Without a single byte. */
	readonly stallMs: number;
	/** Before the second, third, … attempt at one source. */
	readonly retryMs: readonly number[];
	/** Longest wait that a server may ask for (Retry-After); beyond it the source counts as failed. */
	readonly maxRetryAfterMs: number;
}

export const defaultTiming: NetworkTiming = {
	answerMs: 10_000,
	stallMs: 20_000,
	retryMs: [1000, 3000],
	maxRetryAfterMs: 15_000,
};

/** Why a request or a source failed, in words that follow "huggingface.co: ". */
export class NetworkProblem extends Error {
	/** The same request may succeed a moment later. */
	readonly passing: boolean;
	/** Nobody was reached (no internet, a server that is down): worth another try in minutes rather than at once. */
	readonly unreached: boolean;
	/** Milliseconds that the server asked to wait. */
	readonly retryAfterMs: number | null;
	/** HTTP status of the answer; null where there was none, or the problem is another. */
	readonly status: number | null;
	/** What a hub calls the reason (header X-Error-Code): "GatedRepo". */
	readonly reason: string | null;

	constructor(
		message: string,
		options: {
			passing?: boolean;
			unreached?: boolean;
			retryAfterMs?: number | null;
			status?: number | null;
			reason?: string | null;
			cause?: unknown;
		} = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'NetworkProblem';
		this.passing = options.passing ?? false;
		this.unreached = options.unreached ?? false;
		this.retryAfterMs = options.retryAfterMs ?? null;
		this.status = options.status ?? null;
		this.reason = options.reason ?? null;
	}
}
