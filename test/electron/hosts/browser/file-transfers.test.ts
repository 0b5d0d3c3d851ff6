import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createStaging } from '../../../../electron/conversation/import-export/staging.ts';
import { startBrowserHost } from '../../../../electron/hosts/browser/browser-host.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function startWithStaging() {
	const folder = join(temporaryFolder(), 'exchange');
	let now = 0;
	const staging = createStaging(folder, () => now);
	const application = { router: {}, staging };
	const token = 'token-of-a-tab';
	const host = await startBrowserHost({ application, port: 0, rendererFolder: folder, tabToken: token, log: () => {} });
	onTestFinished(() => host.close());
	const ask = (path: string, init: RequestInit & { token?: string } = {}) =>
		fetch(`http://127.0.0.1:${host.port}${path}`, {
			...init,
			headers: { authorization: `Bearer ${init.token ?? token}` },
		});
	return { folder, staging, ask, later: (ms: number) => (now += ms) };
}

test('an upload keeps its name, and a path in the name stays inside its folder', async () => {
	const { ask, staging } = await startWithStaging();
	const { uploadId } = (await (await ask('/upload', { method: 'POST' })).json()) as { uploadId: string };
	const names = ['conversations.json', '../../evil.json', 'threads/a/messages.jsonl', '/etc/passwd', '..\\..\\x.json'];
	for (const name of names) {
		const path = `/upload/${uploadId}?name=${encodeURIComponent(name)}`;
		expect((await ask(path, { method: 'PUT', body: `{"${name.length}":1}` })).status).toBe(201);
	}
	const kept = readdirSync(staging.upload(uploadId).folder, { recursive: true, withFileTypes: true });
	expect(
		kept
			.filter((entry) => entry.isFile())
			.map(({ name }) => name)
			.sort(),
	).toEqual(['conversations.json', 'evil.json', 'messages.jsonl', 'passwd', 'x.json']);
	const again = await ask(`/upload/${uploadId}?name=conversations.json`, { method: 'PUT', body: '{}' });
	expect(again.status).toBe(422);
});

test('uploads without the token, or to an unknown upload, are refused', async () => {
	const { ask, folder } = await startWithStaging();
	expect((await ask('/upload', { method: 'POST', token: 'wrong' })).status).toBe(401);
	const unknown = await ask('/upload/nowhere?name=a.json', { method: 'PUT', body: '{}' });
	expect(unknown.status).toBe(422);
	expect(await unknown.json()).toMatchObject({ code: 'upload-unknown' });
	expect(existsSync(join(folder, 'in'))).toBe(false);
});

test('a ticket downloads its file once, within a minute, and the file is then deleted', async () => {
	const { ask, staging, later } = await startWithStaging();
	const make = () => {
		const place = staging.exportFolder('one');
		mkdirSync(place, { recursive: true });
		writeFileSync(join(place, 'größe.json'), '{"a":1}');
		return { path: join(place, 'größe.json'), fileName: 'größe.json', sizeBytes: 7 };
	};
	const file = make();
	const ticket = staging.issueTicket(file);
	const answer = await ask(`/download/${ticket}`, { token: 'none' });
	expect(answer.headers.get('content-disposition')).toBe(
		`attachment; filename="export"; filename*=UTF-8''gr%C3%B6%C3%9Fe.json`,
	);
	expect(await answer.text()).toBe('{"a":1}');
	await expect.poll(() => existsSync(file.path)).toBe(false);
	expect((await ask(`/download/${ticket}`)).status).toBe(404);
	const late = staging.issueTicket(make());
	later(60_001);
	expect((await ask(`/download/${late}`)).status).toBe(404);
});
