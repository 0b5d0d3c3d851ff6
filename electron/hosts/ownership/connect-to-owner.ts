import { connect } from 'node:net';
import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { contractVersion } from '../../contract/system/version.ts';
import { type Connection, closeCode, type Frame } from '../transport/connection.ts';
import { socketConnection } from '../transport/socket-connection.ts';
import type { Owner } from './owner-file.ts';

/** Largest frame between two processes of one user, in bytes: an import or export of a long history. */
export const maxLocalFrameBytes = 512 * 1024 * 1024;

/**
 * How long an owner may take to answer a hello, ms; one that takes longer hangs, or is busy with a long native call.
 */
const answerTimeoutMs = 3_000;

/** What the running application did when asked to show itself. */
const showAnswerSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('focused') }),
	/** Fresh links to the browser host: `link` to print, `openerUrl` to open in a browser at once. */
	z.object({
		kind: z.literal('address'),
		link: z.object({ url: z.string(), fallbackUrl: z.string().nullable() }),
		openerUrl: z.string(),
	}),
	/** A command that ends now for whoever asked: the folder is free in a moment. */
	z.object({ kind: z.literal('leaving') }),
	/** A command, which has nothing to show. */
	z.object({ kind: z.literal('nothing') }),
]);

export type ShowAnswer = z.infer<typeof showAnswerSchema>;

const readySchema = z.object({ type: z.literal('ready'), show: showAnswerSchema.optional() });

export interface OwnerConnection {
	connection: Connection;
	/** Set if `focus` was requested. */
	show: ShowAnswer | null;
}

/** Sends a hello to the owner. Returns null if nobody answers (any more). Throws Failure `version-mismatch`. */
export function connectToOwner(
	owner: Owner,
	purpose: 'calls' | 'focus',
	version = contractVersion,
): Promise<OwnerConnection | null> {
	return new Promise((resolve, reject) => {
		const socket = connect(owner.address);
		const connection = socketConnection(socket, maxLocalFrameBytes);
		const timer = setTimeout(() => connection.close(closeCode.noHello, 'no answer'), answerTimeoutMs);
		connection.onClose(({ code, reason }) => {
			clearTimeout(timer);
			if (code === closeCode.versionMismatch) reject(versionMismatch(owner, reason));
			else resolve(null);
		});
		connection.onFrame((frame) => {
			clearTimeout(timer);
			const ready = parseReady(frame);
			if (ready) resolve({ connection, show: ready.show ?? null });
			else connection.close(closeCode.malformed, 'the answer to hello must be ready');
		});
		socket.once('connect', () => {
			const hello = { type: 'hello', token: owner.token, contractVersion: version, purpose };
			connection.send(JSON.stringify(hello)).catch(() => {});
		});
	});
}

function versionMismatch(owner: Owner, reason: string): Failure {
	return new Failure({
		code: 'contract-mismatch',
		message: said`Another version of Assay (${owner.assayVersion}, process ${owner.pid}) is running: ${reason}`,
		next: [said`Quit it and try again`, said`Or use the same version for both`],
	});
}

function parseReady(frame: Frame): z.infer<typeof readySchema> | null {
	try {
		return readySchema.parse(JSON.parse(String(frame)));
	} catch {
		return null;
	}
}
