/**
 * The host of `npm run scenes`: a fake application for every page that opens a scene, behind the same socket, calls and
 * uploads as the real host. Argument: its port.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { createStaging } from '../../electron/conversation/import-export/staging.ts';
import { httpCalls, isCall } from '../../electron/hosts/browser/browser-host.ts';
import { createTransfers } from '../../electron/hosts/browser/file-transfers.ts';
import { checkOrigin } from '../../electron/hosts/browser/origin-check.ts';
import { maxFrameBytes, webSocketConnection } from '../../electron/hosts/browser/web-sockets.ts';
import { waitForHello } from '../../electron/hosts/transport/handshake.ts';
import { rpcServer } from '../../electron/hosts/transport/rpc-server.ts';
import { FakeApplication } from '../../test/support/fake-application/fake-application.ts';
import { fakeRouter } from '../../test/support/fake-application/router.ts';
import type { Scene } from '../../test/support/fake-application/scene.ts';
import { scenes } from '../../test/support/fake-application/scenes.ts';
import { untilEnded } from '../dev/until-ended.ts';
import { type Perform, remotePage } from './remote-page.ts';
import type { OpenedScene, Reply, SceneEntry, Step } from './steps.ts';

interface Stage {
	scene: Scene;
	router: ReturnType<typeof fakeRouter>;
	calls: ReturnType<typeof httpCalls>;
}

/** Number of pages to remember; those opened longest ago are forgotten. */
const maxStages = 50;

const folder = mkdtempSync(join(tmpdir(), 'assay-scenes-'));
const transfers = createTransfers(createStaging(join(folder, 'exchange'), Date.now), log);
const stages = new Map<string, Stage>();
const modules: string[] = [];
const pages = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes });
const actors = new WebSocketServer({ noServer: true });

function log(line: string): void {
	if (!line.includes('AbortError')) process.stderr.write(`[scenes] ${line}\n`);
}

function openScene(name: string): OpenedScene | null {
	const scene = scenes[name];
	if (scene === undefined) return null;
	const fake = new FakeApplication();
	const router = fakeRouter(fake);
	const token = randomUUID();
	stages.set(token, { scene, router, calls: httpCalls(router, log) });
	for (const old of [...stages.keys()].slice(0, -maxStages)) stages.delete(old);
	return { token, route: scene.prepare(fake) };
}

function entries(): SceneEntry[] {
	return Object.entries(scenes).map(([name, { act }]) => ({ name, acts: act !== undefined }));
}

function answer(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
	response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
	response.end(type === 'application/json' ? JSON.stringify(body) : String(body));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const refusal = checkOrigin(request);
	if (refusal) return answer(response, refusal.status, refusal.message);
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	if (isCall(request)) {
		const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
		const stage = stages.get(token);
		return stage === undefined ? answer(response, 401, 'This scene was closed') : stage.calls(request, response);
	}
	if (transfers.isUpload(request)) return transfers.upload(request, response);
	if (transfers.isDownload(request)) return transfers.download(request, response);
	if (url.pathname === '/scene-host/scenes') return answer(response, 200, entries());
	if (url.pathname === '/scene-host/open' && request.method === 'POST') {
		const opened = openScene(url.searchParams.get('name') ?? '');
		return opened === null ? answer(response, 404, 'There is no such scene') : answer(response, 200, opened);
	}
	const text = modules[Number(/^\/scene-host\/modules\/(\d+)\.js$/.exec(url.pathname)?.[1])];
	if (text !== undefined) return answer(response, 200, `export default ${text};`, 'text/javascript');
	answer(response, 404, 'There is nothing at this address');
}

/** Connects a page as the real host does; the page's token identifies its scene. */
function connectPage(socket: WebSocket): void {
	const connection = webSocketConnection(socket);
	let router: Stage['router'] | undefined;
	function accepts(token: string): boolean {
		router = stages.get(token)?.router;
		return router !== undefined;
	}
	waitForHello(connection, accepts, () => {
		connection.send(JSON.stringify({ type: 'ready' })).catch(() => {});
		if (router !== undefined) rpcServer(router, log)(connection);
	});
}

/** Acts out the scene on the page. Sends `done`, or the step that failed. */
async function act(socket: WebSocket, { scene }: Stage, viewport: { width: number; height: number }): Promise<void> {
	const waiting = new Map<number, (reply: Reply) => void>();
	let last = 0;
	socket.on('message', (data) => {
		const reply = JSON.parse(data.toString()) as Reply;
		waiting.get(reply.id)?.(reply);
		waiting.delete(reply.id);
	});
	const perform: Perform = async (path, action) => {
		last += 1;
		const step: Step = { id: last, path, action };
		const replied = new Promise<Reply>((resolve) => waiting.set(step.id, resolve));
		socket.send(JSON.stringify({ step }));
		const reply = await replied;
		if ('error' in reply) throw new Error(reply.error);
		return reply.value;
	};
	try {
		await scene.act?.(remotePage(viewport, perform, (text) => `/scene-host/modules/${modules.push(text) - 1}.js`));
		socket.send(JSON.stringify({ done: true }));
	} catch (error) {
		socket.send(JSON.stringify({ failed: error instanceof Error ? error.message : String(error) }));
	}
}

const server = createServer((request, response) => {
	handle(request, response).catch((error: unknown) => {
		log(String(error));
		response.destroy();
	});
});
server.on('upgrade', (request, socket, head) => {
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	const stage = stages.get(url.searchParams.get('token') ?? '');
	const number = (name: string) => Number(url.searchParams.get(name));
	if (checkOrigin(request)) socket.destroy();
	else if (url.pathname === '/socket') pages.handleUpgrade(request, socket, head, connectPage);
	else if (url.pathname === '/scene-host/act' && stage !== undefined) {
		const viewport = { width: number('width'), height: number('height') };
		actors.handleUpgrade(request, socket, head, (opened) => void act(opened, stage, viewport));
	} else socket.destroy();
});
server.listen(Number(process.argv.at(-1)), '127.0.0.1');
await once(server, 'listening');
await untilEnded();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
