import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../../../../../electron/hosts/cli/models/pull.ts';
import { type HubRepositoryFixture, hubServer, sha256 } from '../../../../support/hub-server.ts';
import { tinyGguf } from '../../../../support/tiny-gguf.ts';
import * as server from '../../../../support/unruly-server.ts';
import { makeFolders } from '../folders.ts';
import { documentOf, runCli, startCli } from '../run-cli.ts';

const body = tinyGguf();
const repository: HubRepositoryFixture = {
	name: 'ada/Tiny-Chat-GGUF',
	files: { 'Tiny-Chat-Q4_K_M.gguf': body, 'Tiny-Chat-Q8_0.gguf': tinyGguf({ seed: 2 }) },
	gguf: { total: 7e9, architecture: 'llama', context_length: 2048 },
};

describe('assay models', () => {
	test('search: the catalogue needs no request, words search the hub, a repository lists its files', async () => {
		const hub = await hubServer(repository);
		const { data } = makeFolders();
		const env = { HF_ENDPOINT: hub.url };
		const list = await runCli(['models', 'search', '--json', '--data', data], { env });
		expect(documentOf(list)).toMatchObject({
			models: expect.arrayContaining([expect.objectContaining({ id: 'qwen3-4b' })]),
		});
		expect(hub.requests).toEqual([]);
		const found = await runCli(['models', 'search', 'tiny', '--json', '--data', data], { env });
		expect(documentOf(found)).toMatchObject({
			more: false,
			models: [{ repository: repository.name, parameters: 7e9 }],
		});
		const files = await runCli(['models', 'search', repository.name, '--data', data], { env });
		expect(files.code).toBe(0);
		expect(files.stdout).toMatch(/\* +Q4_K_M +Balanced +488 kB .* Tiny-Chat-Q4_K_M\.gguf/);
		expect(files.stdout).toContain('assay models pull ada/Tiny-Chat-GGUF:<quant>');
		const nothing = await runCli(['models', 'search', 'nothing here', '--data', data], { env });
		expect(nothing.stdout).toContain('No results for "nothing here" among the GGUF models of the hub');
		expect((await runCli(['models', 'search', 'x', '--sort', 'age', '--data', data], { env })).code).toBe(2);
	}, 120_000);

	test('pull: a repository and a quantisation are downloaded, verified and added', async () => {
		const hub = await hubServer(repository);
		const { data } = makeFolders();
		const env = { HF_ENDPOINT: hub.url };
		const pulled = await runCli(['models', 'pull', `${repository.name}:q4_k_m`, '--json', '--data', data], { env });
		expect(pulled.code).toBe(0);
		expect(documentOf(pulled)).toMatchObject({ verified: true, models: [{ name: 'Tiny Chat', sha256: sha256(body) }] });
		const unknown = await runCli(['models', 'pull', `${repository.name}:Q2_K`, '--json', '--data', data], { env });
		expect(unknown.code).toBe(1);
		expect(documentOf(unknown)).toMatchObject({ error: { code: 'hub-file-unknown' } });
	}, 120_000);

	test('pull: an unreachable hub is reported at once, without retries', async () => {
		const { data } = makeFolders();
		const env = { HF_ENDPOINT: 'http://127.0.0.1:9' };
		const failed = await runCli(['models', 'pull', 'ada/Tiny-Chat-GGUF', '--json', '--data', data], { env });
		expect(failed.code).toBe(1);
		expect(documentOf(failed)).toMatchObject({ error: { code: 'hub-unreachable' } });
		// Nothing arrived, so nothing is left to resume.
		expect(readdirSync(join(data, 'models', '.downloads'))).toEqual([]);
	}, 120_000);

	test('pull: an interrupted download keeps what arrived, and the same command resumes it', async () => {
		const hub = await hubServer(repository);
		hub.replies = [server.stallAfter(200_000, body)];
		const { data } = makeFolders();
		const env = { HF_ENDPOINT: hub.url };
		const command = ['models', 'pull', repository.name, '--json', '--data', data];
		const first = startCli(command, { env });
		const partial = join(data, 'models', 'ada', 'Tiny-Chat-GGUF', 'Tiny-Chat-Q4_K_M.gguf.part');
		await expect.poll(() => existsSync(partial), { timeout: 20_000 }).toBe(true);
		await new Promise((resolve) => setTimeout(resolve, 300));
		first.interrupt();
		expect((await first.end).code).toBe(130);
		hub.replies = [];
		const second = await runCli(command, { env });
		expect([second.code, documentOf(second)]).toMatchObject([0, { verified: true }]);
		expect(hub.requests.at(-1)?.headers.range).toMatch(/^bytes=\d+-$/);
	}, 120_000);
});

test.each([
	['qwen3-4b', { catalogueId: 'qwen3-4b' }],
	['a/b', { repository: 'a/b' }],
	['a/b:Q4_K_M', { repository: 'a/b', file: 'Q4_K_M' }],
	['hf.co/a/b:sub/x.gguf', { repository: 'a/b', file: 'sub/x.gguf' }],
	['https://huggingface.co/a/b', { repository: 'a/b' }],
	['https://huggingface.co/a/b/tree/main', { repository: 'a/b' }],
	['https://huggingface.co/a/b/resolve/main/x-Q4_0.gguf?download=true', { repository: 'a/b', file: 'x-Q4_0.gguf' }],
	['https://huggingface.co/a/b/blob/main/sub/x.gguf', { repository: 'a/b', file: 'sub/x.gguf' }],
])('%s is parsed', (text, request) => {
	expect(requestOf(text)).toEqual(request);
});
