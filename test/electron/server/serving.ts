import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { type ScriptedOptions, scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export interface Served {
	readonly application: Application;
	readonly port: number;
	readonly key: string;
	readonly log: readonly string[];
	/** Asks with the key. */
	ask(path: string, body?: unknown, headers?: Record<string, string>, more?: RequestInit): Promise<Response>;
}

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function openApplication(
	dataFolder: string,
	options: ScriptedOptions = {},
	log: string[] = [],
	clock?: () => number,
): Promise<Application> {
	addEmptyDatabase(dataFolder);
	const application = await createApplication({
		dataFolder,
		host: 'browser',
		version: '0.0.0',
		log: (line) => log.push(line),
		models: scriptedApplicationModels(options),
		...(clock === undefined ? {} : { clock }),
	});
	onTestFinished(() => application.close());
	return application;
}

/** An application whose server is on, with its first key. */
export async function serving(options: ScriptedOptions = {}): Promise<Served> {
	const log: string[] = [];
	const application = await openApplication(temporaryFolder(), options, log);
	const port = await freePort();
	const { key } = await application.client.server.start({ port });
	if (key === null) throw new Error('the first start made no key');
	const ask = (path: string, body?: unknown, headers: Record<string, string> = {}, more: RequestInit = {}) =>
		fetch(`http://127.0.0.1:${port}${path}`, {
			...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
			...more,
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
		});
	return { application, port, key, log, ask };
}

export const user = (content: string) => [{ role: 'user', content }];

export async function errorOf(response: Response): Promise<{ status: number; code: unknown; message: string }> {
	const { error } = (await response.json()) as { error: { code: unknown; message: string } };
	return { status: response.status, code: error.code, message: error.message };
}

/** Data of a stream of server-sent events. */
export async function dataOf(response: Response): Promise<unknown[]> {
	const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
	return lines.map((line) => (line === 'data: [DONE]' ? 'done' : JSON.parse(line.slice(6))));
}
