import type { Frame } from './connection.ts';

/**
 * Frames on a byte stream: four bytes of length (big-endian, of everything after it), one byte of kind, then the
 * content. The length is checked before anything is buffered, so a peer can't make this process allocate more than the
 * cap.
 */
const kinds = { text: 0, bytes: 1, close: 2 } as const;

const headerBytes = 5;

export type WireFrame = { type: 'frame'; frame: Frame } | { type: 'close'; code: number; reason: string };

export function encodeFrame(frame: Frame): Buffer {
	return typeof frame === 'string' ? encode(kinds.text, Buffer.from(frame)) : encode(kinds.bytes, frame);
}

export function encodeClose(code: number, reason: string): Buffer {
	return encode(kinds.close, Buffer.from(JSON.stringify({ code, reason })));
}

function encode(kind: number, content: Uint8Array): Buffer {
	const wire = Buffer.allocUnsafe(headerBytes + content.length);
	wire.writeUInt32BE(content.length + 1, 0);
	wire[4] = kind;
	wire.set(content, headerBytes);
	return wire;
}

/** Thrown by the reader: the rest of the stream can't be trusted. */
export class FrameError extends Error {
	readonly tooBig: boolean;

	constructor(message: string, tooBig: boolean) {
		super(message);
		this.tooBig = tooBig;
	}
}

/** Splits incoming bytes into frames with at most `maxBytes` of content. */
export function frameReader(maxBytes: number, deliver: (frame: WireFrame) => void): (chunk: Buffer) => void {
	let pending: Buffer[] = [];
	let pendingBytes = 0;
	let neededBytes = headerBytes;
	return (chunk) => {
		pending.push(chunk);
		pendingBytes += chunk.length;
		while (pendingBytes >= neededBytes) {
			const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
			const frameBytes = headerBytes - 1 + bytes.readUInt32BE(0);
			if (frameBytes - headerBytes > maxBytes) {
				throw new FrameError(`a frame of ${frameBytes - headerBytes} bytes, more than ${maxBytes}`, true);
			}
			if (frameBytes < headerBytes) throw new FrameError('a frame without a kind', false);
			if (bytes.length >= frameBytes) {
				deliver(decode(bytes[4]!, bytes.subarray(headerBytes, frameBytes)));
				pending = bytes.length > frameBytes ? [bytes.subarray(frameBytes)] : [];
				pendingBytes = bytes.length - frameBytes;
				neededBytes = headerBytes;
			} else {
				pending = [bytes];
				neededBytes = frameBytes;
			}
		}
	};
}

function decode(kind: number, content: Buffer): WireFrame {
	switch (kind) {
		case kinds.text:
			return { type: 'frame', frame: content.toString() };
		case kinds.bytes:
			return { type: 'frame', frame: new Uint8Array(content) };
		case kinds.close:
			return { type: 'close', ...parseClose(content.toString()) };
		default:
			throw new FrameError(`a frame of unknown kind ${kind}`, false);
	}
}

function parseClose(text: string): { code: number; reason: string } {
	try {
		const { code, reason } = JSON.parse(text) as { code: unknown; reason: unknown };
		if (typeof code === 'number' && typeof reason === 'string') return { code, reason };
	} catch {
		// Fall through: encodeClose did not write this.
	}
	throw new FrameError('an unreadable close frame', false);
}
