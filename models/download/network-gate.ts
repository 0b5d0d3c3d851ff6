import { Failure } from '../contract/failure.ts';
import { said, type Words } from '../contract/said.ts';

/** One request, made or refused, for the log that people can read. */
export interface NetworkRecord {
	readonly host: string;
	readonly purpose: string;
	/** "200", "refused: …", "connection failed: …". */
	readonly outcome: string;
	/** Bytes of the response body. */
	readonly bytes: number;
}

/** Controls network access of this data folder: the lock switch and the request log. */
export interface NetworkGate {
	readonly isBlocked: () => boolean;
	readonly report: (record: NetworkRecord) => void;
}

export const networkBlocked = (): Failure =>
	new Failure({
		code: 'network-blocked',
		message: said`Network access is blocked in the settings, so nothing was downloaded.`,
		next: [said`Allow network access in the settings`, said`Add a GGUF file from this computer`],
	});

/** Times in milliseconds. Short, because there may be another source and people are waiting. */
export interface NetworkTiming {
	/** From the start of a request to the response's head. */
	readonly answerMs: number;
	/** Time without a single byte. */
	readonly stallMs: number;
	/** Delays before the second, third, … attempt at one source. */
	readonly retryMs: readonly number[];
	/** Longest wait that a server may request (Retry-After); beyond it the source has failed. */
	readonly maxRetryAfterMs: number;
}

export const defaultTiming: NetworkTiming = {
	answerMs: 10_000,
	stallMs: 20_000,
	retryMs: [1000, 3000],
	maxRetryAfterMs: 15_000,
};

/** Why a request or a source failed, worded to follow "huggingface.co: ". */
export class NetworkProblem extends Error {
	/** Temporary: the same request may succeed a moment later. */
	readonly isTemporary: boolean;
	/** No connection (no internet, server down): worth retrying in minutes, not at once. */
	readonly isUnreachable: boolean;
	/** Wait that the server asked for, ms. */
	readonly retryAfterMs: number | null;
	/** HTTP status of the response; null if there was none or the problem is another. */
	readonly status: number | null;
	/** The hub's code for the reason (header X-Error-Code): "GatedRepo". */
	readonly reason: string | null;

	/** The problem with its message for other languages. */
	readonly words: Words;

	constructor(
		words: Words,
		options: {
			isTemporary?: boolean;
			isUnreachable?: boolean;
			retryAfterMs?: number | null;
			status?: number | null;
			reason?: string | null;
			cause?: unknown;
		} = {},
	) {
		super(String(words), options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'NetworkProblem';
		this.words = words;
		this.isTemporary = options.isTemporary ?? false;
		this.isUnreachable = options.isUnreachable ?? false;
		this.retryAfterMs = options.retryAfterMs ?? null;
		this.status = options.status ?? null;
		this.reason = options.reason ?? null;
	}
}
