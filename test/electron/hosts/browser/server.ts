import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '@orpc/server';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import { type BrowserHost, startBrowserHost } from '../../../../electron/hosts/browser/browser-host.ts';

export const router = {
	echo: os.input(z.object({ text: z.string().max(8_000_000) })).handler(({ input }) => input.text),
	count: os.input(z.object({ to: z.int(), size: z.int() })).handler(async function* ({ input }) {
		for (let index = 1; index <= input.to; index += 1) {
			produced = index;
			yield `${index}${' '.repeat(input.size)}`;
		}
	}),
};

/** How far `count` has come: what a slow page has not read must not pile up here. */
export let produced = 0;

export interface TestHost extends BrowserHost {
	/** Token of a tab. */
	token: string;
	log: string[];
	rendererFolder: string;
}

/** Starts a real server on a free port with a small built renderer; closes it when the test ends. */
export async function startTestHost(): Promise<TestHost> {
	const folder = mkdtempSync(join(tmpdir(), 'assay-browser-'));
	const rendererFolder = join(folder, 'renderer');
	mkdirSync(join(rendererFolder, 'assets'), { recursive: true });
	writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Assay</title>');
	writeFileSync(join(rendererFolder, 'assets', 'index-BX4k_8aQ.js'), 'export {};');
	writeFileSync(join(rendererFolder, 'assets', 'index-BX4k_8aQ.css'), 'body {}');
	writeFileSync(join(rendererFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
	writeFileSync(join(rendererFolder, '.env'), 'SECRET=1');
	writeFileSync(join(folder, 'secret.txt'), 'secret');
	const log: string[] = [];
	const token = randomBytes(32).toString('base64url');
	const host = await startBrowserHost({
		application: { router },
		port: 0,
		rendererFolder,
		tabToken: token,
		log: (line) => log.push(line),
	});
	onTestFinished(async () => {
		await host.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return { ...host, token, log, rendererFolder };
}

export interface HttpAnswer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

/** Sends an HTTP request exactly as given: `fetch` would normalise the path and forbid some headers. */
export function ask(
	host: TestHost,
	path: string,
	options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<HttpAnswer> {
	return new Promise((resolve, reject) => {
		const asked = request(
			{ host: '127.0.0.1', port: host.port, path, method: options.method ?? 'GET', headers: options.headers ?? {} },
			(response) => {
				let body = '';
				response.setEncoding('utf8');
				response.on('data', (text: string) => {
					body += text;
				});
				response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
			},
		);
		asked.on('error', reject);
		asked.end(options.body);
	});
}

/** Sends raw bytes that no client would send. */
export function askRaw(host: Pick<TestHost, 'port'>, text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(host.port, '127.0.0.1', () => socket.write(text));
		let answer = '';
		socket.on('data', (chunk: Buffer) => {
			answer += chunk.toString();
		});
		socket.on('close', () => resolve(answer));
		socket.on('error', reject);
	});
}

export interface SocketEnd {
	/** HTTP status if the upgrade was refused, else null. */
	refused: number | null;
	code: number | null;
	reason: string;
}

export interface TestSocket {
	socket: WebSocket;
	/** Texts received so far. */
	received: string[];
	ended: Promise<SocketEnd>;
	opened: Promise<void>;
}

export function openSocket(host: TestHost, headers: Record<string, string> = {}, path = '/socket'): TestSocket {
	const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
	onTestFinished(() => socket.terminate());
	const received: string[] = [];
	socket.on('message', (data) => received.push(data.toString()));
	socket.on('error', () => {});
	const ended = new Promise<SocketEnd>((resolve) => {
		socket.on('close', (code, reason) => resolve({ refused: null, code, reason: reason.toString() }));
		socket.on('unexpected-response', (asked, response) => {
			resolve({ refused: response.statusCode ?? 0, code: null, reason: '' });
			asked.destroy();
		});
	});
	const opened = new Promise<void>((resolve) => socket.on('open', () => resolve()));
	return { socket, received, ended, opened };
}

export function hello(token: string, version = contractVersion): string {
	return JSON.stringify({ type: 'hello', token, contractVersion: version });
}

/** Opens a socket and completes its handshake. */
export async function openKnownSocket(host: TestHost): Promise<TestSocket> {
	const opened = openSocket(host, { origin: `http://127.0.0.1:${host.port}` });
	await opened.opened;
	const ready = new Promise((resolve) => opened.socket.once('message', resolve));
	opened.socket.send(hello(host.token));
	await ready;
	return opened;
}
