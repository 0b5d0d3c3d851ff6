import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { contractVersion } from '../../contract/system/version.ts';
import { type Connection, closeCode, type Frame } from './connection.ts';

/** First frame of every client. `focus` asks the running application to show itself instead of answering calls. */
const helloFrameSchema = z.object({
	type: z.literal('hello'),
	token: z.string().max(200),
	contractVersion: z.int(),
	purpose: z.enum(['calls', 'focus']).default('calls'),
});

export type HelloFrame = z.infer<typeof helloFrameSchema>;

/** A client that has sent no valid hello by then is disconnected, ms. */
export const helloTimeoutMs = 5_000;

/** Compares in a time that depends on neither text; hashing makes both the same length. */
export function tokensMatch(given: string, expected: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Waits for a valid hello whose token `accepts` approves, then calls `welcome` once; closes the connection with a
 * reason on anything else.
 */
export function waitForHello(
	connection: Connection,
	accepts: (token: string) => boolean,
	welcome: (hello: HelloFrame) => void,
): void {
	const timer = setTimeout(
		() => connection.close(closeCode.noHello, `no hello within ${helloTimeoutMs / 1000} seconds`),
		helloTimeoutMs,
	);
	connection.onClose(() => clearTimeout(timer));
	connection.onFrame((frame) => {
		clearTimeout(timer);
		connection.onFrame(() => {});
		const hello = parseHello(frame);
		if (!hello) return connection.close(closeCode.malformed, 'the first frame must be a hello');
		if (!accepts(hello.token)) {
			return connection.close(closeCode.unauthorized, 'this link was already used, or is from before Assay restarted');
		}
		if (hello.contractVersion !== contractVersion) {
			const versions = `Assay speaks version ${contractVersion}, this client version ${hello.contractVersion}`;
			return connection.close(closeCode.versionMismatch, `${versions}: reload the page or restart Assay`);
		}
		welcome(hello);
	});
}

function parseHello(frame: Frame): HelloFrame | null {
	if (typeof frame !== 'string') return null;
	try {
		return helloFrameSchema.parse(JSON.parse(frame));
	} catch {
		return null;
	}
}
