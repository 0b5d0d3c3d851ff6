import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Download } from '../../../../electron/contract/library/hub.ts';
import { hubServer } from '../../../support/hub-server.ts';
import { startKillable } from '../../../support/killable/start.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyGguf } from '../../../support/tiny-gguf.ts';
import type * as server from '../../../support/unruly-server.ts';

const body = tinyGguf();
const name = 'ada/Tiny-Chat-GGUF';

/** Sends 16 kB every few milliseconds, with ranges: slow enough to be killed in between. */
const slowly: server.Reply = (request, response) => {
	const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
	const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
	response.writeHead(start === 0 ? 200 : 206, { ...range, etag: '"1"', 'content-length': body.length - start });
	let at = start;
	const timer = setInterval(() => {
		if (response.destroyed) return clearInterval(timer);
		response.write(body.subarray(at, at + 16_384));
		at += 16_384;
		if (at < body.length) return;
		clearInterval(timer);
		response.end();
	}, 25);
};

interface Host {
	readonly child: ChildProcess;
	/** Downloads that the host found from earlier starts. */
	readonly found: readonly Download[];
	/** Resolves once the download meets the condition. */
	readonly until: (holds: (download: Download) => boolean) => Promise<Download>;
}

function startHost(folder: string, hubUrl: string): Promise<Host> {
	const child = startKillable('download', folder, hubUrl, name);
	const seen: Download[] = [];
	const waiting = new Set<() => void>();
	return new Promise((resolve, reject) => {
		child.on('exit', (code) => reject(new Error(`the host ended by itself (${code})`)));
		child.on('message', (message: { found?: Download[]; download?: Download }) => {
			if (message.download !== undefined) seen.push(message.download);
			for (const look of waiting) look();
			if (message.found === undefined) return;
			const until: Host['until'] = (holds) =>
				new Promise((done) => {
					const look = (): void => {
						const found = seen.find(holds);
						if (found === undefined) return;
						waiting.delete(look);
						done(found);
					};
					waiting.add(look);
					look();
				});
			resolve({ child, found: message.found, until });
		});
	});
}

async function kill({ child }: Host): Promise<void> {
	child.removeAllListeners('exit');
	child.kill('SIGKILL');
	if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

test('a host killed during a download resumes from what had arrived, and ends with the right file', async () => {
	const hub = await hubServer({ name, files: { 'Tiny-Chat-Q4_K_M.gguf': body } });
	hub.replies = [slowly];
	const folder = temporaryFolder();
	const partial = join(folder, 'models', 'ada', 'Tiny-Chat-GGUF', 'Tiny-Chat-Q4_K_M.gguf.part');
	const kept: number[] = [];
	for (let round = 0; round < 3; round += 1) {
		const host = await startHost(folder, hub.url);
		if (kept.length > 0) expect(host.found).toMatchObject([{ totalBytes: body.length }]);
		await host.until(({ receivedBytes }) => receivedBytes > (kept.at(-1) ?? 0) + 50_000);
		await kill(host);
		kept.push(statSync(partial).size);
	}
	expect(kept).toEqual(kept.toSorted((a, b) => a - b));
	const last = await startHost(folder, hub.url);
	const done = await last.until(({ state }) => state === 'done' || state === 'failed');
	expect(done).toMatchObject({ state: 'done', verified: true });
	expect(readFileSync(partial.replace(/\.part$/, '')).equals(body)).toBe(true);
	expect(existsSync(partial)).toBe(false);
	expect(readdirSync(join(folder, 'models', '.downloads'))).toEqual([]);
	const ranges = hub.requests
		.filter(({ headers }) => headers['if-range'] !== undefined)
		.map(({ headers }) => headers.range);
	expect(ranges).toEqual(kept.map((size) => `bytes=${size}-`));
}, 90_000);
