/** One whole message. oRPC sends text, and bytes where a call carries a file. */
export type Frame = string | Uint8Array<ArrayBuffer>;

/** A two-way stream of frames. A WebSocket, a local socket and a test's pair of ends all look like this. */
export interface Connection {
	/** Resolves when there is room for the next frame: awaiting it is the back-pressure. Rejects once closed. */
	send(frame: Frame): Promise<void>;
	/** One listener at a time: the handshake's first, then the calls'. */
	onFrame(listener: (frame: Frame) => void): void;
	/** Called once; at once if it is closed already. */
	onClose(listener: (end: ConnectionEnd) => void): void;
	close(code: number, reason: string): void;
}

export interface ConnectionEnd {
	code: number;
	/** Written for people where Assay closed it. Empty where the other side vanished. */
	reason: string;
}

/** Close codes, in the range that WebSocket leaves to applications. */
export const closeCode = {
	normal: 1000,
	goingAway: 1001,
	tooBig: 1009,
	malformed: 4400,
	unauthorized: 4401,
	noHello: 4408,
	versionMismatch: 4409,
} as const;
