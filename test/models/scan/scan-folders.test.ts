import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ScanEvent, scanFolders } from '../../../models/scan/scan-folders.ts';
import { usualPlaces } from '../../../models/scan/usual-places.ts';
import { splitGguf } from '../../support/split-gguf.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf, writeTinyGguf } from '../../support/tiny-gguf.ts';

async function scan(...roots: string[]): Promise<ScanEvent[]> {
	const events: ScanEvent[] = [];
	for await (const event of scanFolders(roots, AbortSignal.timeout(60_000))) events.push(event);
	return events;
}

const found = (events: readonly ScanEvent[]) =>
	events.flatMap((event) => (event.type === 'found' ? [event.found] : []));

describe('scan', () => {
	test('models are found at any depth, with names in any case, and nothing else is', async () => {
		const folder = temporaryFolder();
		const deep = writeTinyGguf(join(folder, 'a', 'b', 'c', 'deep.gguf'));
		const loud = writeTinyGguf(join(folder, 'LOUD.GGUF'), { seed: 2 });
		writeFileSync(join(folder, 'notes.txt'), 'no model');
		mkdirSync(join(folder, 'folder.gguf'));
		expect(found(await scan(folder)).map(({ path }) => path)).toEqual([loud, deep]);
	});

	test('cycles end, and a file is listed once, however many names it has', async () => {
		const folder = temporaryFolder();
		const path = writeTinyGguf(join(folder, 'models', 'a.gguf'));
		symlinkSync(folder, join(folder, 'models', 'back'));
		symlinkSync(join(folder, 'models'), join(folder, 'again'));
		symlinkSync(path, join(folder, 'models', 'b.gguf'));
		linkSync(path, join(folder, 'models', 'c.gguf'));
		symlinkSync(join(folder, 'nowhere'), join(folder, 'models', 'd.gguf'));
		const events = await scan(folder);
		expect(found(events)).toHaveLength(1);
		expect(events.filter(({ type }) => type === 'same')).toHaveLength(2);
	});

	test('broken files are listed with the problem, a truncated one with its facts', async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'cut.gguf'), tinyGguf().subarray(0, 400_000));
		writeFileSync(join(folder, 'empty.gguf'), '');
		writeFileSync(join(folder, 'page.gguf'), '<!doctype html>');
		writeTinyGguf(join(folder, 'brain.gguf'), {
			metadata: { 'general.architecture': { type: 'string', value: 'brain' } },
		});
		const all = found(await scan(folder));
		expect(all.map(({ path, problem }) => [path.slice(folder.length + 1), problem?.code])).toEqual([
			['brain.gguf', 'architecture-unknown'],
			['cut.gguf', 'model-file-truncated'],
			['empty.gguf', 'model-file-empty'],
			['page.gguf', 'not-gguf'],
		]);
		expect(all.map(({ facts }) => facts?.architecture ?? null)).toEqual(['brain', 'llama', null, null]);
	});

	test('the parts of a split model are one model, even if the first is missing', async () => {
		const folder = temporaryFolder();
		const whole = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'));
		const parts = await splitGguf(whole, join(folder, 'whole'), 3);
		const [first = ''] = await splitGguf(whole, join(folder, 'without'), 3);
		rmSync(first);
		const all = found(await scan(folder));
		expect(all.map(({ path, problem }) => [path, problem?.code ?? null])).toEqual([
			[parts[0], null],
			[join(folder, 'without', 'tiny-00002-of-00003.gguf'), 'model-part-missing'],
		]);
	});

	test.skipIf(process.getuid?.() === 0)('an unreadable folder is named, and the scan continues', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'closed'));
		chmodSync(join(folder, 'closed'), 0);
		writeTinyGguf(join(folder, 'open', 'a.gguf'));
		const events = await scan(folder);
		chmodSync(join(folder, 'closed'), 0o700);
		expect(found(events)).toHaveLength(1);
		expect(events).toContainEqual(expect.objectContaining({ type: 'unreadable', path: join(folder, 'closed') }));
	});

	test('a missing folder is reported', async () => {
		expect(await scan('/nowhere/models')).toMatchObject([
			{ type: 'unreadable', failure: { code: 'folder-missing', message: 'There is no folder at /nowhere/models.' } },
		]);
	});

	test('cancelling ends the scan with the reason', async () => {
		const folder = temporaryFolder();
		for (let index = 0; index < 20; index += 1) writeTinyGguf(join(folder, `${index}.gguf`), { seed: index });
		const cancel = new AbortController();
		const reason = new Error('enough');
		const looking = (async () => {
			for await (const event of scanFolders([folder], cancel.signal)) if (event.type === 'found') cancel.abort(reason);
		})();
		// It yields now and then within a folder; the next folder is not started.
		await looking.catch((error: unknown) => expect(error).toBe(reason));
		cancel.abort(reason);
		await expect(async () => {
			for await (const _ of scanFolders([folder], cancel.signal)) break;
		}).rejects.toBe(reason);
	});
});

describe('folders of other programs', () => {
	test("Ollama's manifests name its blobs, which have no names themselves", async () => {
		const folder = join(temporaryFolder(), 'ollama');
		const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
		const blob = (letter: string): string => join(folder, 'blobs', digest(letter).replace(':', '-'));
		writeTinyGguf(blob('a'));
		writeTinyGguf(blob('b'), { seed: 2 });
		const manifest = (path: string, layers: object[]): void => {
			mkdirSync(join(folder, 'manifests', path, '..'), { recursive: true });
			writeFileSync(join(folder, 'manifests', path), JSON.stringify({ schemaVersion: 2, layers }));
		};
		const model = (letter: string): object => ({
			mediaType: 'application/vnd.ollama.image.model',
			digest: digest(letter),
		});
		manifest('registry.ollama.ai/library/llama3.2/3b', [model('a'), { mediaType: 'text/plain', digest: digest('c') }]);
		manifest('registry.ollama.ai/library/llama3.2/latest', [model('a')]);
		manifest('registry.ollama.ai/ada/own/latest', [model('b')]);
		manifest('registry.ollama.ai/library/evil/latest', [
			{ mediaType: 'application/vnd.ollama.image.model', digest: 'sha256:../../../etc/passwd' },
		]);
		writeFileSync(join(folder, 'manifests', 'broken'), '{');
		const all = found(await scan(folder));
		expect(all.map(({ path, name, problem }) => [path, name, problem])).toEqual([
			[blob('b'), 'ada/own', null],
			[blob('a'), 'llama3.2', null],
		]);
	});

	test('each Hugging Face blob is found once through its links, by its real name', async () => {
		const hub = join(temporaryFolder(), 'hub', 'models--ada--tiny-GGUF');
		const blob = writeTinyGguf(join(hub, 'blobs', 'f'.repeat(64)));
		for (const revision of ['abc', 'def']) {
			mkdirSync(join(hub, 'snapshots', revision), { recursive: true });
			symlinkSync(blob, join(hub, 'snapshots', revision, 'tiny.Q4_K_M.gguf'));
		}
		const events = await scan(join(hub, '..'));
		expect(found(events).map(({ path }) => path)).toEqual([join(hub, 'snapshots', 'abc', 'tiny.Q4_K_M.gguf')]);
		expect(events.filter(({ type }) => type === 'same')).toHaveLength(1);
	});

	test.each<[NodeJS.Platform, Record<string, string>, Record<string, string>]>([
		[
			'linux',
			{},
			{
				'LM Studio': '/home/ada/.lmstudio/models',
				Jan: '/home/ada/.config/Jan/data/llamacpp/models',
				Ollama: '/home/ada/.ollama/models',
				'llama.cpp': '/home/ada/.cache/llama.cpp',
				'Hugging Face': '/home/ada/.cache/huggingface/hub',
			},
		],
		[
			'darwin',
			{},
			{
				Jan: '/home/ada/Library/Application Support/Jan/data/llamacpp/models',
				'llama.cpp': '/home/ada/Library/Caches/llama.cpp',
			},
		],
		[
			'linux',
			{ OLLAMA_MODELS: '/big/ollama', HF_HOME: '/big/hf', LLAMA_CACHE: '/big/llama' },
			{ Ollama: '/big/ollama', 'Hugging Face': '/big/hf/hub', 'llama.cpp': '/big/llama' },
		],
	])('their usual places on %s with %o are known', (platform, environment, places) => {
		const found = usualPlaces({ platform, home: '/home/ada', environment });
		for (const [app, path] of Object.entries(places)) expect(found).toContainEqual({ app, path });
	});

	test('an empty variable counts as unset', () => {
		const unset = { platform: 'linux', home: '/home/ada' } as const;
		const names = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'OLLAMA_MODELS', 'LLAMA_CACHE', 'HF_HOME', 'HF_HUB_CACHE'];
		const environment = Object.fromEntries(names.map((name) => [name, '']));
		expect(usualPlaces({ ...unset, environment })).toEqual(usualPlaces({ ...unset, environment: {} }));
	});
});
