/** One whole message. oRPC sends text, or bytes if a call carries a file. */
export type Frame = string | Uint8Array<ArrayBuffer>;

/** A two-way stream of frames: a WebSocket, a local socket, or a pair of ends in a test. */
export interface Connection {
	/** Resolves once there is room for the next frame; awaiting it gives back-pressure. Rejects after a close. */
	send(frame: Frame): Promise<void>;
	/** Only one listener at a time: first the handshake, then the calls. */
	onFrame(listener: (frame: Frame) => void): void;
	/** Called once; immediately if the connection is closed already. */
	onClose(listener: (end: ConnectionEnd) => void): void;
	close(code: number, reason: string): void;
}

export interface ConnectionEnd {
	code: number;
	/** Written for people if Assay closed the connection. Empty if the other side vanished. */
	reason: string;
}

/** Close codes, in the range that WebSocket reserves for applications. */
export const closeCode = {
	normal: 1000,
	goingAway: 1001,
	tooBig: 1009,
	malformed: 4400,
	unauthorized: 4401,
	noHello: 4408,
	versionMismatch: 4409,
} as const;
