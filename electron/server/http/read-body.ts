import type { IncomingMessage } from 'node:http';
import { isDeeperThan } from '../../text/json-depth.ts';
import { HttpError } from './errors.ts';

/** Largest body, bytes. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Most objects and lists in each other: schemas are followed level by level, and no real one comes near. */
const maxDepth = 500;

/** Time for a whole body, ms: a client that sends slowly holds nothing but its own connection. */
const maxBodyMs = 60_000;

/** Reads a JSON body. Throws HttpError: too large, too slow, not UTF-8, not JSON, too deep. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
	const bytes = await readBytes(request);
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw new HttpError(400, 'The body is not valid UTF-8.');
	}
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch (error) {
		throw new HttpError(400, `The body is not valid JSON: ${(error as Error).message}`, { code: 'invalid_json' });
	}
	if (isDeeperThan(body, maxDepth)) {
		throw new HttpError(400, `The body is nested deeper than ${maxDepth} levels. Send less deep objects and schemas.`, {
			code: 'too_deep',
		});
	}
	return body;
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
	const limit = `${maxBodyBytes / 1024 / 1024} MiB`;
	const tooLarge = () => new HttpError(413, `The body is larger than ${limit}.`);
	if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		const timer = setTimeout(() => {
			reject(new HttpError(408, `The body took longer than ${maxBodyMs / 1_000} s.`));
		}, maxBodyMs);
		request.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size > maxBodyBytes) reject(tooLarge());
			else chunks.push(chunk);
		});
		request.on('error', reject);
		request.on('end', () => resolve(Buffer.concat(chunks)));
		request.on('close', () => clearTimeout(timer));
	});
}
