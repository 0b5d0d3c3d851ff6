import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { starterModelId } from '../../../../../models/download/catalogue.ts';
import { nodeLlamaCppBuild } from '../../../../support/fixtures/model.ts';
import { writeTinyGguf } from '../../../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../../../support/tiny-lora.ts';
import { makeFolders } from '../folders.ts';
import { documentOf, runCli, startCli } from '../run-cli.ts';

type Models = { models: { id: number; name: string; path: string; default: boolean }[] };

const keys = [
	...['id', 'name', 'path', 'sizeBytes', 'sha256', 'architecture', 'parameters', 'quantization', 'contextLength'],
	'default',
];

describe('assay models', () => {
	test('add, list, default and remove change the library and print its rows', async () => {
		const { data, model, folder } = makeFolders();
		const other = join(folder, 'other.gguf');
		writeTinyGguf(other, { seed: 2 });
		const run = async (...args: string[]) =>
			documentOf(await runCli(['models', ...args, '--json', '--data', data])) as Models;
		const added = await run('add', model);
		expect(Object.keys(added.models[0] ?? {})).toEqual(expect.arrayContaining(keys));
		expect(added.models).toMatchObject([{ name: 'tiny', path: model, default: true }]);
		await run('add', other);
		expect((await run('default', 'other')).models).toMatchObject([{ name: 'other', default: true }]);
		const listed = await run('list');
		expect(listed.models.map(({ name, default: chosen }) => [name, chosen]).sort()).toEqual([
			['other', true],
			['tiny', false],
		]);
		expect(await run('remove', 'tiny')).toMatchObject({ models: [{ name: 'tiny' }], freedBytes: 0 });
		expect((await run('list')).models.map(({ name }) => name)).toEqual(['other']);
		expect(readFileSync(model).length).toBeGreaterThan(0);
	});

	test('list shows a table, or how to get a first model', async () => {
		const { data, model } = makeFolders();
		expect((await runCli(['models', 'list', '--data', data])).stdout).toContain('assay models pull');
		await runCli(['models', 'add', model, '--data', data]);
		expect((await runCli(['models', 'list', '--data', data])).stdout).toMatch(
			/QUANT.+PATH\n\ntiny · 1 file · default F32 · .+\n\* +1 {2}F32 .+tiny\.gguf/,
		);
	});

	test('list groups files by model; rename names all files of one, and its own names come back', async () => {
		const { data, folder } = makeFolders();
		const run = (...args: string[]) => runCli(['models', ...args, '--data', data]);
		for (const [name, seed] of [
			['Pair-1B.F32.gguf', 31],
			['Pair-1B.F16.gguf', 32],
		] as const) {
			await run('add', writeTinyGguf(join(folder, name), { seed }));
		}
		const broken = writeTinyGguf(join(folder, 'Gone.F32.gguf'), { seed: 33 });
		await run('add', broken);
		rmSync(broken);
		const listed = (await run('list')).stdout;
		expect(listed).toMatch(/\n\nPair 1B · 2 files · .+\n.+F(32|16) .+\n.+F(32|16) /);
		expect(listed).toMatch(/\n\n1 needs attention\n! +3 +Gone\.F32\.gguf +There is no file at /);
		expect((await run('rename', 'Pair 1B', 'Pocket  twins')).stdout).toContain('Renamed to Pocket twins');
		const names = async () => (documentOf(await run('list', '--json')) as Models).models.map(({ name }) => name).sort();
		expect(await names()).toEqual(['Gone', 'Pocket twins', 'Pocket twins']);
		await run('rename', 'pocket twins');
		expect(await names()).toEqual(['Gone', 'Pair 1B', 'Pair 1B']);
		const doctor = await runCli(['doctor', '--data', data]);
		expect([doctor.code, doctor.stdout]).toEqual([
			3,
			expect.stringContaining('FAIL  models: 1 of 3 files needs attention: Gone'),
		]);
	}, 120_000);

	test('inspect shows what a file contains and leaves the library as it was', async () => {
		const { data, model } = makeFolders();
		const inspected = documentOf(await runCli(['models', 'inspect', model, '--json', '--data', data]));
		expect(inspected).toMatchObject({
			models: [{ id: null, path: model, architecture: 'llama', chat: true, tensors: expect.any(Array) }],
			warnings: expect.any(Array),
		});
		expect((await runCli(['models', 'inspect', model, '--data', data])).stdout).toContain('has a chat template');
		expect(documentOf(await runCli(['models', 'list', '--json', '--data', data]))).toEqual({ models: [] });
	});

	test('scan adds models from folders, lists damaged ones with their cause, and repeats without arguments', async () => {
		const { data, folder } = makeFolders();
		const models = join(folder, 'models');
		writeTinyGguf(join(models, 'deep', 'a.gguf'), { seed: 5 });
		mkdirSync(models, { recursive: true });
		writeFileSync(join(models, 'broken.gguf'), 'GGUF but no more');
		const run = async (...args: string[]) => documentOf(await runCli(['models', ...args, '--json', '--data', data]));
		expect(await run('scan', models)).toMatchObject({
			folders: [models],
			files: 2,
			added: 1,
			known: 0,
			broken: 1,
			unreadable: [],
			models: expect.arrayContaining([
				expect.objectContaining({ name: 'a', problem: null, kind: 'model', parts: 1, copies: [] }),
				expect.objectContaining({ name: 'broken', problem: expect.objectContaining({ code: 'model-file-truncated' }) }),
			]),
		});
		expect(await run('scan')).toMatchObject({ folders: [models], added: 0, known: 2 });
		expect((await runCli(['models', 'scan', models, '--data', data])).stdout).toContain('2 files found: 0 added');
	}, 120_000);

	test('scan without folders is wrong usage, and a missing folder is a failure', async () => {
		const { data } = makeFolders();
		expect((await runCli(['models', 'scan', '--data', data])).code).toBe(2);
		const end = await runCli(['models', 'scan', '/nowhere/at/all', '--json', '--data', data]);
		expect([end.code, (documentOf(end) as { error: { code: string } }).error.code]).toEqual([1, 'folder-missing']);
	}, 120_000);

	test('fit shows the estimate in parts, for the library and for any file, with the given options', async () => {
		const { data, model } = makeFolders();
		const ask = async (...args: string[]) =>
			documentOf(await runCli(['models', 'fit', ...args, '--json', '--data', data])) as {
				fit: { verdict: string; options: object; needBytes: number; parts: { kind: string; bytes: number }[] };
			};
		const of = ({ fit }: Awaited<ReturnType<typeof ask>>, kind: string) =>
			fit.parts.find((part) => part.kind === kind)?.bytes ?? 0;
		const file = await ask(model);
		expect(file).toMatchObject({ model, fit: { verdict: expect.any(String), options: { keyType: 'F16' } } });
		await runCli(['models', 'add', model, '--data', data]);
		const small = await ask('tiny', '--context', '512', '--kv', 'q4_0');
		expect(small.fit.options).toMatchObject({ contextSize: 512, keyType: 'Q4_0', valueType: 'Q4_0' });
		expect(of(small, 'kv')).toBeLessThan(of(file, 'kv') / 4);
		expect((await runCli(['models', 'fit', 'tiny', '--data', data])).stdout).toMatch(/^tiny F32 .+ GB of .+ free/);
		expect((await runCli(['models', 'fit', 'tiny', '--kv', 'Q9', '--data', data])).code).toBe(2);
		expect((await runCli(['models', 'fit', 'tiny', '--context', 'big', '--data', data])).code).toBe(2);
		expect((await runCli(['models', 'fit', 'unknown', '--data', data])).code).toBe(1);
	}, 120_000);

	test('fit on a missing GPU says why, and estimates for the processor', async () => {
		const { data, model } = makeFolders();
		const absent = process.platform === 'darwin' ? 'cuda' : 'metal';
		const end = await runCli(['models', 'fit', model, '--gpu', absent, '--gpu-layers', '4', '--data', data]);
		expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('this estimate counts the processor alone')]);
		expect(end.stdout).not.toContain('on the GPU');
	}, 120_000);

	test('settings are shown, set one by one, checked against each other, and reset', async () => {
		const { data, model, folder } = makeFolders();
		await runCli(['models', 'add', model, '--data', data]);
		const run = (...args: string[]) => runCli(['models', 'settings', 'tiny', ...args, '--data', data]);
		const set = async (...args: string[]) => documentOf(await run(...args, '--json')) as { options: object };
		expect((await run()).stdout).toMatch(/ +context size, tokens +automatic: up to 8192/);
		const adapter = writeTinyLora(join(folder, 'poems.gguf'));
		const options = {
			contextSize: 512,
			threads: 2,
			batchSize: 128,
			parallelAnswers: 2,
			mapWeights: false,
			keyType: 'Q8_0',
			valueType: 'Q4_0',
			rope: { frequencyScale: 0.5 },
			drafting: 'lookup',
			adapters: [{ path: adapter, scale: 0.8 }],
		};
		const first = await set(
			...['--context', '512', '--threads', '2', '--batch', '128', '--answers', '2', '--map', 'off'],
			...['--kv', 'q8_0,q4_0', '--rope-scale', '0.5', '--draft', 'lookup', '--lora', `${adapter}:0.8`],
		);
		expect(first).toEqual({ model: { id: 1, name: 'tiny' }, options, reload: false, notes: [] });
		const shown = (await run('--threads', 'auto')).stdout;
		expect(shown).toMatch(/\* +LoRA adapters +poems at 0\.8/);
		expect(shown).toMatch(/\n +threads +automatic/);
		const off = await run('--flash-attention', 'off');
		expect(off.stdout).toContain('The KV cache is F16 again');
		const contrary = await run('--flash-attention', 'off', '--kv', 'Q8_0');
		expect([contrary.code, contrary.stderr]).toEqual([2, expect.stringContaining('needs flash attention')]);
		expect(await set('--reset', '--lock', 'on')).toMatchObject({ options: { lockMemory: true } });
		expect((await set('--reset')).options).toEqual({});
	}, 240_000);

	test('settings choose node-llama-cpp, with what it lacks and how fast it was; answers and doctor name it', async () => {
		const { data, model } = makeFolders();
		await runCli(['models', 'add', model, '--data', data]);
		const run = (...args: string[]) => runCli([...args, '--data', data]);
		const set = await run('models', 'settings', 'tiny', '--engine', 'node-llama-cpp', '--threads', '1');
		expect(set.stdout).toMatch(/\* +engine +node-llama-cpp/);
		expect(set.stdout).toContain('Evaluations and comparisons are off: ');
		const answer = await run('chat', 'the cat', '--model', 'tiny', '--max-tokens', '3', '--json');
		expect(documentOf(answer)).toMatchObject({ model: 'tiny', engine: nodeLlamaCppBuild });
		// It was chosen, so there is nothing to warn of.
		expect(answer.stderr).not.toContain('warning');
		const doctor = documentOf(await run('doctor', '--json')) as { checks: { name: string; detail: string }[] };
		expect(doctor.checks.find(({ name }) => name === 'engine')?.detail).toContain('node-llama-cpp answers for tiny');
		const refused = await run('compare', '--reference', 'tiny', '--quantize', 'Q8_0', '--json');
		expect(refused.code).toBe(1);
		expect(refused.stdout + refused.stderr).toContain('engine-cannot-measure');
		const back = await run('models', 'settings', 'tiny', '--engine', 'auto');
		expect(back.stdout).toMatch(/\n +engine +automatic/);
		expect(back.stdout).not.toContain('are off');
	}, 240_000);

	test.each([
		['a context longer than the model supports', ['--context', '999999'], 'at most'],
		['an adapter that is a model', ['--lora', 'tiny'], 'is not a LoRA adapter'],
		['the model as its own draft model', ['--draft', 'tiny'], 'can’t be the draft model of tiny'],
		['an absent GPU', ['--gpu', process.platform === 'darwin' ? 'cuda' : 'metal'], 'can’t be used here'],
		['an invalid scale', ['--rope-scale', '7'], 'from 0.1 to 1'],
	])(
		'settings refuse %s',
		async (_what, args, why) => {
			const { data, model } = makeFolders();
			await runCli(['models', 'add', model, '--data', data]);
			const end = await runCli(['models', 'settings', 'tiny', ...args, '--data', data]);
			expect([end.code, end.stderr]).toEqual([2, expect.stringContaining(why)]);
		},
		120_000,
	);

	test('inspect reports what is odd about a file', async () => {
		const { data, folder } = makeFolders();
		const path = join(folder, 'evil.gguf');
		writeTinyGguf(path, { chatTemplate: "{{ cycler.__init__.__globals__.os.popen('id') }}" });
		const end = await runCli(['models', 'inspect', path, '--data', data]);
		expect(end.stdout).toContain('danger: The template accesses “cycler”');
		expect(documentOf(await runCli(['models', 'inspect', path, '--json', '--data', data]))).toMatchObject({
			risks: expect.arrayContaining([expect.objectContaining({ level: 'danger', where: 'template' })]),
			models: [{ tokenizer: { model: 'llama' }, metadata: expect.any(Array) }],
		});
	}, 120_000);

	test.each(['add', 'inspect'])('%s fails with the cause for a file that is not a model', async (command) => {
		const { data, folder } = makeFolders();
		const file = join(folder, 'notes.gguf');
		writeFileSync(file, 'These are notes.');
		const end = await runCli(['models', command, file, '--json', '--data', data]);
		expect(end.code).toBe(1);
		const { error } = documentOf(end) as { error: { message: string; next: string[] } };
		expect(error.message).toContain('GGUF');
		expect(error.next.length).toBeGreaterThan(0);
	});

	test.each([
		['remove', 'model-unknown'],
		['default', 'model-unknown'],
		['pull', 'catalogue'],
	])('%s fails with code 1 for an unknown name', async (command, code) => {
		const { data } = makeFolders();
		const end = await runCli(['models', command, 'nothing', '--json', '--data', data]);
		expect(end.code).toBe(1);
		expect(documentOf(end)).toMatchObject({ error: { code: expect.stringContaining(code) } });
	});

	test('pull reports an interrupt with code 130', async () => {
		const { data } = makeFolders();
		// An index that never answers: the download waits.
		const { url, asked, close } = await silentServer();
		const env = { PIP_INDEX_URL: url, PIP_EXTRA_INDEX_URL: '', HTTPS_PROXY: url, https_proxy: url };
		const pull = startCli(['models', 'pull', starterModelId, '--json', '--data', data], { env });
		await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(0);
		pull.interrupt();
		const end = await pull.end;
		close();
		expect(end.code).toBe(130);
		expect(documentOf(end)).toMatchObject({ error: { code: 'interrupted' } });
	});
});

/** Starts a server that accepts connections and never answers. */
async function silentServer(): Promise<{ url: string; asked: () => number; close(): void }> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	return {
		url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
		asked: () => sockets.size,
		close: () => {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}
