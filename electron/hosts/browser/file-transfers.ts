import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import type { Log } from '../../api/call-failure.ts';
import type { Staging } from '../../conversation/import-export/staging.ts';
import { sendPlainText } from './plain-response.ts';

/** Transfers of files that are too large for a call: they stream, so that neither side holds one in memory. */
export interface Transfers {
	/** Returns whether the request is for one of these addresses. */
	isUpload(request: IncomingMessage): boolean;
	isDownload(request: IncomingMessage): boolean;
	/** `POST /upload` returns the id of a new upload; `PUT /upload/<id>?name=…` adds a file, `DELETE` discards it. */
	upload(request: IncomingMessage, response: ServerResponse): Promise<void>;
	/** `GET /download/<ticket>`: a ticket is the token for one download. */
	download(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const uploadPath = /^\/upload(?:\/([\w-]{1,100}))?$/;
const downloadPath = /^\/download\/([\w-]{20,100})$/;

/** Longest file name accepted. */
const maxNameLength = 2_000;

/** `trust` is called with the connection of a download whose ticket is valid. */
export function createTransfers(staging: Staging, log: Log, trust: (socket: Duplex) => void = () => {}): Transfers {
	async function receive(id: string, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const name = (url.searchParams.get('name') ?? '').slice(0, maxNameLength);
		const length = Number(request.headers['content-length']);
		await staging.receive(id, name, request, Number.isSafeInteger(length) ? length : null);
		respond(response, 201, {});
	}

	return {
		isUpload: (request) => uploadPath.test(pathOf(request)),
		isDownload: (request) => downloadPath.test(pathOf(request)),
		async upload(request, response) {
			const url = new URL(request.url ?? '/', 'http://127.0.0.1');
			const id = uploadPath.exec(url.pathname)?.[1];
			try {
				if (id === undefined && request.method === 'POST') {
					respond(response, 201, { uploadId: staging.newUpload() });
				} else if (id !== undefined && request.method === 'PUT') await receive(id, url, request, response);
				else if (id !== undefined && request.method === 'DELETE') {
					await staging.removeUpload(id);
					respond(response, 200, {});
				} else sendPlainText(response, 405, 'Only POST /upload, PUT and DELETE /upload/<id>');
			} catch (error) {
				// The page disconnected half-way: nobody is left to answer.
				if (request.destroyed && !request.complete) return;
				const failure = failureFacts(error);
				if (!(error instanceof Failure)) log(`an upload failed: ${failure.detail ?? failure.message}`);
				// Stops reading the rest of the body.
				response.setHeader('connection', 'close');
				respond(response, 422, failure);
			}
		},
		async download(request, response) {
			if (request.method !== 'GET') return sendPlainText(response, 405, 'Only GET');
			const file = staging.redeem(downloadPath.exec(pathOf(request))?.[1] ?? '');
			if (file === null) return sendPlainText(response, 404, 'This download has expired: export again');
			trust(request.socket);
			response.writeHead(200, {
				'content-type': 'application/octet-stream',
				'content-length': file.sizeBytes,
				'cache-control': 'no-store',
				// Names may contain letters of any script.
				'content-disposition': `attachment; filename="export"; filename*=UTF-8''${encodeName(file.fileName)}`,
			});
			const sent = await staging
				.hold(staging.exportOf(file.path), () => pipeline(createReadStream(file.path), response))
				.then(
					() => true,
					() => false,
				);
			// A download that broke off can be requested again.
			if (sent) await staging.removeExport(file.path);
		},
	};
}

function pathOf(request: IncomingMessage): string {
	return (request.url ?? '/').split(/[?#]/, 1)[0]!;
}

function respond(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
	response.end(JSON.stringify(body));
}

function encodeName(name: string): string {
	return encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
