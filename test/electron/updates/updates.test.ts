import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { UpdateStatus } from '../../../electron/contract/updates/schema.ts';
import {
	createUpdates,
	type UpdateContext,
	type UpdateInstaller,
	type Updates,
	type VerifiedUpdate,
} from '../../../electron/updates/updates.ts';
import type { NetworkRecord } from '../../../models/download/network-gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
	cutAfter,
	endless,
	gzipped,
	type Reply,
	serve,
	silent,
	stallAfter,
	status as statusReply,
	type UnrulyServer,
	unrulyServer,
} from '../../support/unruly-server.ts';
import { buildManifest, makersKey, signedManifest, strangersKey, updateBody } from '../../support/update-source.ts';

const disk = vi.hoisted(() => ({ held: '' }));

/** The disk, with a folder that another program holds open, as Windows and network drives know them. */
vi.mock('node:fs/promises', async (original) => {
	const real = await original<typeof import('node:fs/promises')>();
	const rm: typeof real.rm = async (path, options) => {
		if (path === disk.held) throw Object.assign(new Error(`EBUSY: resource busy, rm '${path}'`), { code: 'EBUSY' });
		return real.rm(path, options);
	};
	return { ...real, rm };
});

const timing = { answerMs: 300, stallMs: 300, retryMs: [10], maxRetryAfterMs: 100 };

interface Setup {
	readonly updates: Updates;
	readonly source: UnrulyServer;
	readonly folder: string;
	readonly requests: NetworkRecord[];
	readonly statuses: UpdateStatus[];
	readonly installed: [VerifiedUpdate, string][];
	readonly logged: string[];
	blocked: boolean;
	checks: boolean;
	now: number;
}

interface Options extends Partial<Pick<UpdateContext, 'arch'>>, Partial<Pick<UpdateInstaller, 'cancel'>> {
	readonly folder?: string;
	readonly current?: string;
	readonly publicKeys?: readonly string[];
	readonly install?: UpdateInstaller['install'];
}

/** An update source that gives the replies in order, first for the manifest, and an app that asks it. */
async function setUp(replies: readonly Reply[], options: Options = {}): Promise<Setup> {
	const source = await unrulyServer(...replies);
	const folder = options.folder ?? temporaryFolder();
	const made: Omit<Setup, 'updates'> = {
		source,
		folder,
		requests: [],
		statuses: [],
		installed: [],
		logged: [],
		blocked: false,
		checks: false,
		now: 1_800_000_000_000,
	};
	const updates = await createUpdates({
		options: {
			source: { url: `${source.url}feed/assay.json`, publicKeys: [...(options.publicKeys ?? [makersKey.publicKey])] },
			installer: {
				kind: 'AppImage',
				install: options.install ?? (async (update, when) => void made.installed.push([update, when])),
				cancel: options.cancel === undefined ? () => {} : options.cancel,
			},
		},
		currentVersion: options.current ?? '0.1.0',
		folder,
		network: { isBlocked: () => setup.blocked, report: (record) => made.requests.push(record) },
		timing,
		checksByItself: () => setup.checks,
		onStatus: (status) => made.statuses.push(status),
		clock: () => setup.now,
		log: (line) => made.logged.push(line),
		platform: 'linux',
		arch: options.arch ?? 'x64',
	});
	const setup: Setup = Object.assign(made, { updates });
	onTestFinished(() => updates.close());
	return setup;
}

/** Downloads and returns the state that this ends in. */
async function download({ updates }: Setup): Promise<UpdateStatus> {
	updates.download();
	await expect.poll(() => updates.status().state, { timeout: 10_000 }).not.toBe('downloading');
	return updates.status();
}

const codeOf = (status: UpdateStatus) => (status.state === 'failed' ? status.failure.code : status.state);
const filesIn = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.endsWith('.json'))
		: [];

describe('a check', () => {
	test('is made only when the user asks, and is in the log of requests', async () => {
		const one = await setUp([serve(signedManifest({ version: '0.1.0' }))]);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect([one.source.requests, one.requests]).toEqual([[], []]);
		expect(one.updates.status()).toEqual({ state: 'idle', checkedAt: null });
		expect(await one.updates.check()).toEqual({ state: 'idle', checkedAt: one.now });
		expect(one.source.requests.map(({ path }) => path)).toEqual(['/feed/assay.json']);
		expect(one.requests).toEqual([
			{
				host: `127.0.0.1:${one.source.port}`,
				purpose: 'updates of Assay',
				outcome: '200',
				bytes: signedManifest({ version: '0.1.0' }).length,
			},
		]);
	});

	test('shows what is new, how large it is and where it comes from', async () => {
		const one = await setUp([serve(signedManifest())]);
		expect(await one.updates.check()).toEqual({
			state: 'available',
			postponed: false,
			update: {
				version: '0.2.0',
				releasedAt: 1_790_000_000_000,
				notes: 'Compare three files.',
				bytes: updateBody.length,
				host: `127.0.0.1:${one.source.port}`,
			},
		});
		expect(filesIn(one.folder)).toEqual([]);
	});

	test('makes no request while the network is blocked, and says so', async () => {
		const one = await setUp([serve(signedManifest())]);
		one.blocked = true;
		expect(codeOf(await one.updates.check())).toBe('network-blocked');
		expect(one.source.requests).toEqual([]);
		expect(one.requests).toEqual([expect.objectContaining({ outcome: 'refused: the network is switched off' })]);
		one.blocked = false;
		expect(codeOf(await one.updates.check())).toBe('available');
	});

	const payload = JSON.stringify(buildManifest());
	const envelope = (signatures: string[], text = payload) => Buffer.from(JSON.stringify({ payload: text, signatures }));
	const good = JSON.parse(signedManifest().toString()) as { payload: string; signatures: string[] };
	const signed = good.signatures;

	test.each<[string, Buffer, string]>([
		['signed by a stranger', signedManifest({}, [strangersKey.privateKey]), 'update-signature-wrong'],
		['changed after it was signed', envelope(signed, good.payload.replace('0.2.0', '0.3.0')), 'update-signature-wrong'],
		['with a space added', envelope(signed, `${good.payload} `), 'update-signature-wrong'],
		['with an empty signature', envelope(['']), 'update-signature-wrong'],
		['with a signature cut short', envelope([signed[0]!.slice(0, 40)]), 'update-signature-wrong'],
		['without signatures', envelope([]), 'update-manifest-invalid'],
		['that is only the payload', Buffer.from(payload), 'update-manifest-invalid'],
		['that is a page', Buffer.from('<html>Log in to the wireless network</html>'), 'update-manifest-invalid'],
		['that is empty', Buffer.alloc(0), 'update-manifest-invalid'],
		['of 10,000 levels', Buffer.from('['.repeat(10_000)), 'update-manifest-invalid'],
	])('trusts nothing of a manifest %s', async (_title, body, code) => {
		const one = await setUp([serve(body)]);
		const status = await one.updates.check();
		expect(codeOf(status)).toBe(code);
		expect(status).toMatchObject({
			retry: 'check',
			update: null,
			failure: { next: [expect.any(String), expect.any(String)] },
		});
	});

	test('accepts one of several keys, while the makers change theirs', async () => {
		const keys = [strangersKey.privateKey, makersKey.privateKey];
		const one = await setUp([serve(signedManifest({}, keys))]);
		expect(codeOf(await one.updates.check())).toBe('available');
		const two = await setUp([serve(signedManifest())], { publicKeys: [strangersKey.publicKey, makersKey.publicKey] });
		expect(codeOf(await two.updates.check())).toBe('available');
	});

	test.each<[string, string, string]>([
		['0.1.0', '0.0.9', 'older than 0.1.0, the one you have'],
		['0.2.0', '0.2.0-beta.1', 'older than 0.2.0, the one you have'],
		['0.10.0', '0.9.9', 'older than 0.10.0'],
	])('refuses to go back from %s to %s, however well it is signed', async (current, offered, words) => {
		const one = await setUp([serve(signedManifest({ version: offered }))], { current });
		const status = await one.updates.check();
		expect(codeOf(status)).toBe('update-older');
		expect(status).toMatchObject({ failure: { message: expect.stringContaining(words) } });
		expect(() => one.updates.download()).toThrow('no update to download');
	});

	test('refuses an old manifest that hides a newer version it was shown, also after a restart', async () => {
		const folder = temporaryFolder();
		const one = await setUp([serve(signedManifest({ version: '0.3.0' })), serve(signedManifest())], { folder });
		expect(codeOf(await one.updates.check())).toBe('available');
		expect(codeOf(await one.updates.check())).toBe('update-older');
		const again = await setUp([serve(signedManifest())], { folder });
		expect(await again.updates.check()).toMatchObject({
			failure: { code: 'update-older', message: expect.stringContaining('older than 0.3.0, which it offered before') },
		});
	});

	test.each(['1', 'v0.2.0', '0.2', '0.2.0 ', 'latest', '../0.2.0', '99999999999999999999.0.0'])(
		'refuses the version %j',
		async (version) => {
			const text = JSON.stringify({ ...buildManifest(), version });
			const { createPrivateKey, sign } = await import('node:crypto');
			const signature = sign(null, Buffer.from(`assay-update-1\n${text}`), createPrivateKey(makersKey.privateKey));
			const one = await setUp([serve(envelope([signature.toString('base64')], text))]);
			expect(codeOf(await one.updates.check())).toBe('update-manifest-invalid');
		},
	);

	test('says so when there is no file for this computer', async () => {
		const one = await setUp([serve(signedManifest())], { arch: 'arm64' });
		expect(await one.updates.check()).toMatchObject({
			failure: { code: 'update-not-for-this-computer', message: expect.stringContaining('linux arm64, AppImage') },
		});
	});

	test.each(['http://[', 'file:///etc/passwd', 'javascript:1', 'ftp://x/y'])('refuses a file at %s', async (url) => {
		const [file] = buildManifest().files;
		const one = await setUp([serve(signedManifest({ files: [{ ...file!, url }] }))]);
		expect(codeOf(await one.updates.check())).toBe('update-manifest-invalid');
	});

	test.each<[string, Reply, string]>([
		['answers 500', statusReply(500), 'the server has a problem (HTTP 500)'],
		['answers 404', statusReply(404), 'the file does not exist there (HTTP 404)'],
		['never answers', silent, 'no response within 0.3 seconds'],
		['stops in the middle', stallAfter(10, signedManifest()), 'no data for 0.3 seconds'],
		['cuts the connection', cutAfter(10, signedManifest()), 'the connection was cut'],
		['sends without end', endless, 'its manifest is too long'],
		[
			'redirects to another host',
			statusReply(302, { location: 'http://evil.example/a.json' }),
			'the redirect leads to evil.example',
		],
		['redirects in a circle', statusReply(302, { location: '/feed/assay.json' }), 'more than 5 redirects'],
	])('says what is wrong when the source %s, and can be tried again', async (_title, reply, words) => {
		const one = await setUp([reply]);
		const status = await one.updates.check();
		expect(status).toMatchObject({
			state: 'failed',
			retry: 'check',
			failure: { code: 'update-source-unreachable', message: expect.stringContaining(words) },
		});
		expect(one.requests.length).toBeGreaterThan(0);
		expect(one.requests.every(({ host }) => host === `127.0.0.1:${one.source.port}`)).toBe(true);
	});

	test('of a compressed answer nobody asked for fails as unreadable', async () => {
		const one = await setUp([gzipped(signedManifest())]);
		expect(codeOf(await one.updates.check())).toBe('update-manifest-invalid');
	});

	test('two at once make one request', async () => {
		const one = await setUp([serve(signedManifest())]);
		await Promise.all([one.updates.check(), one.updates.check()]);
		expect(one.source.requests).toHaveLength(1);
	});
});

describe('a download', () => {
	const manifest = serve(signedManifest());

	test('has progress, is verified, and makes one more request in the log', async () => {
		const one = await setUp([manifest, serve(updateBody)]);
		await one.updates.check();
		expect(await download(one)).toMatchObject({ state: 'ready', onQuit: false, update: { version: '0.2.0' } });
		const steps = one.statuses.filter((status) => status.state === 'downloading');
		expect(steps[0]).toMatchObject({ receivedBytes: 0, secondsLeft: null });
		expect(steps.at(-1)).toMatchObject({ receivedBytes: updateBody.length });
		expect(one.source.requests.map(({ path }) => path)).toEqual(['/feed/assay.json', '/feed/Assay-0.2.0.AppImage']);
		expect(one.requests.map(({ outcome, bytes }) => [outcome, bytes]).at(-1)).toEqual(['200', updateBody.length]);
		const path = join('0.2.0', 'Assay-0.2.0-linux-x64.AppImage');
		expect(filesIn(one.folder)).toEqual(['0.2.0', path]);
		expect(readFileSync(join(one.folder, path)).equals(updateBody)).toBe(true);
	});

	const wrong = Buffer.from(updateBody);
	wrong[9] = 0;

	test.each<[string, readonly Reply[], string, string]>([
		['other bytes', [serve(wrong)], 'update-hash-wrong', 'isn’t the one Assay’s developers signed'],
		[
			'too few bytes',
			[serve(updateBody.subarray(0, 1000))],
			'update-source-unreachable',
			'1,000 bytes instead of 400,000',
		],
		['too many bytes', [serve(Buffer.alloc(500_000))], 'update-source-unreachable', '500,000 bytes instead of 400,000'],
		['bytes without end', [endless], 'update-source-unreachable', 'sent more than the'],
		[
			'a redirect to another host',
			[statusReply(302, { location: 'http://evil.example/x' })],
			'update-source-unreachable',
			'evil.example',
		],
		['500 each time', [statusReply(500)], 'update-source-unreachable', 'HTTP 500'],
		['a login page', [statusReply(401)], 'update-source-unreachable', 'a login is required'],
		['nothing', [silent], 'update-source-unreachable', 'no response'],
	])('of %s fails with the reason, and leaves nothing to install', async (_title, replies, code, words) => {
		const one = await setUp([manifest, ...replies]);
		await one.updates.check();
		const status = await download(one);
		expect(status).toMatchObject({
			state: 'failed',
			retry: 'download',
			update: { version: '0.2.0' },
			failure: { code, message: expect.stringContaining(words) },
		});
		expect(filesIn(one.folder).filter((name) => /AppImage$/.test(name))).toEqual([]);
		await expect(one.updates.install('now')).rejects.toThrow('no update to install');
		expect(one.installed).toEqual([]);
	});

	test('that was cut off goes on where it stopped, by itself and after a restart', async () => {
		const folder = temporaryFolder();
		const cut = cutAfter(100_000, updateBody);
		const one = await setUp([manifest, cut, cut, cut], { folder });
		await one.updates.check();
		expect(codeOf(await download(one))).toBe('update-source-unreachable');
		const have = Number(/^bytes=(\d+)-$/.exec(one.source.requests.at(-1)?.range ?? '')?.[1]);
		expect(have).toBeGreaterThan(0);
		await one.updates.close();
		const again = await setUp([manifest, serve(updateBody)], { folder });
		await again.updates.check();
		expect(codeOf(await download(again))).toBe('ready');
		expect(again.source.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
	});

	test('that goes on shows at once what it has, and does not count it as speed', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, '0.2.0'));
		const have = 300_000;
		writeFileSync(join(folder, '0.2.0', 'Assay-0.2.0-linux-x64.AppImage.part'), updateBody.subarray(0, have));
		const one = await setUp([manifest, serve(updateBody)], { folder });
		await one.updates.check();
		Object.defineProperty(one, 'now', { get: () => 1_800_000_000_000 + performance.now() });
		expect(codeOf(await download(one))).toBe('ready');
		const steps = one.statuses.filter((status) => status.state === 'downloading');
		expect(steps.slice(0, 2).map(({ receivedBytes, bytesPerSecond }) => [receivedBytes, bytesPerSecond])).toEqual([
			[0, null],
			[have, null],
		]);
	});

	test('whose parts belong to two files is made again from the start', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, '0.2.0'));
		writeFileSync(join(folder, '0.2.0', 'Assay-0.2.0-linux-x64.AppImage.part'), Buffer.alloc(200_000, 'old'));
		const one = await setUp([manifest, serve(updateBody)], { folder });
		await one.updates.check();
		expect(codeOf(await download(one))).toBe('ready');
		expect(one.source.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=200000-', undefined]);
	});

	test('that is slow can be stopped, and blocking the network ends it at once', async () => {
		const slow = stallAfter(50_000, updateBody);
		const one = await setUp([manifest, slow, slow]);
		await one.updates.check();
		one.updates.download();
		await expect.poll(() => one.source.requests.length).toBe(2);
		expect(await one.updates.stop()).toMatchObject({ state: 'available' });
		expect(one.requests.at(-1)).toMatchObject({ outcome: expect.stringMatching(/^cancelled$|^200, cut off$/) });
		one.blocked = true;
		expect(codeOf(await download(one))).toBe('network-blocked');
	});

	test('that is on the disk already makes no request', async () => {
		const folder = temporaryFolder();
		const one = await setUp([manifest, serve(updateBody)], { folder });
		await one.updates.check();
		await download(one);
		const again = await setUp([manifest], { folder });
		await again.updates.check();
		expect(codeOf(await download(again))).toBe('ready');
		expect(again.source.requests).toHaveLength(1);
	});
});

describe('an update', () => {
	const replies = [serve(signedManifest()), serve(updateBody)];
	async function ready(options: Options = {}): Promise<Setup> {
		const one = await setUp(replies, options);
		await one.updates.check();
		await download(one);
		return one;
	}

	test('is installed on quit, or now, only when the user chooses it', async () => {
		const one = await ready();
		expect(one.installed).toEqual([]);
		expect(await one.updates.install('on-quit')).toMatchObject({ state: 'ready', onQuit: true });
		expect(one.updates.postpone()).toMatchObject({ state: 'ready', onQuit: false });
		expect(await one.updates.install('now')).toMatchObject({ state: 'installing' });
		expect(one.installed.map(([{ version, bytes }, when]) => [version, bytes, when])).toEqual([
			['0.2.0', updateBody.length, 'on-quit'],
			['0.2.0', updateBody.length, 'now'],
		]);
	});

	test('that the system keeps once it has it can’t be taken back from there, and says so before', async () => {
		const one = await ready({ cancel: null });
		expect(one.updates.status()).toMatchObject({ onQuit: false, canCancel: false });
		expect(one.updates.postpone()).toMatchObject({ state: 'ready', onQuit: false });
		await one.updates.install('on-quit');
		expect(one.updates.postpone()).toMatchObject({ state: 'ready', onQuit: true, canCancel: false });
		expect(await (await ready()).updates.install('on-quit')).toMatchObject({ onQuit: true, canCancel: true });
	});

	test('that was changed on the disk meanwhile is not installed, and is downloaded again', async () => {
		const one = await ready();
		const path = join(one.folder, '0.2.0', 'Assay-0.2.0-linux-x64.AppImage');
		writeFileSync(path, Buffer.alloc(updateBody.length, 'evil'));
		expect(await one.updates.install('now')).toMatchObject({
			retry: 'download',
			failure: { code: 'update-hash-wrong' },
		});
		expect([one.installed, existsSync(path)]).toEqual([[], false]);
		expect(codeOf(await download(one))).toBe('ready');
	});

	test('that the system refuses can be tried again', async () => {
		let times = 0;
		const one = await ready({
			install: async () => {
				times += 1;
				if (times === 1) throw new Error('not signed by the publisher');
			},
		});
		expect(await one.updates.install('now')).toMatchObject({
			state: 'failed',
			retry: 'install',
			failure: { code: 'update-install-failed', message: expect.stringContaining('not signed by the publisher') },
		});
		expect(await one.updates.install('now')).toMatchObject({ state: 'installing' });
	});

	test('is never installed in the place of a newer one that was found meanwhile', async () => {
		const one = await setUp([...replies, serve(signedManifest({ version: '0.3.0' }))], {
			install: () => Promise.reject(new Error('refused')),
		});
		await one.updates.check();
		await download(one);
		await one.updates.install('now');
		expect(await one.updates.check()).toMatchObject({ state: 'available', update: { version: '0.3.0' } });
		await expect(one.updates.install('now')).rejects.toMatchObject({ code: 'update-not-ready' });
	});

	test('that the user put off stays put off, until there is a newer one', async () => {
		const folder = temporaryFolder();
		const newer = serve(signedManifest({ version: '0.3.0' }));
		const one = await setUp([serve(signedManifest()), serve(signedManifest()), newer], { folder });
		await one.updates.check();
		expect(one.updates.postpone()).toMatchObject({ state: 'available', postponed: true });
		expect(await one.updates.check()).toMatchObject({ state: 'available', postponed: true });
		expect(await one.updates.check()).toMatchObject({
			state: 'available',
			postponed: false,
			update: { version: '0.3.0' },
		});
	});

	test('that is installed by now leaves nothing behind', async () => {
		const one = await ready();
		expect(filesIn(one.folder)).toHaveLength(2);
		await setUp(replies, { folder: one.folder, current: '0.2.0' });
		expect(filesIn(one.folder)).toEqual([]);
	});

	test('that is installed by now and can’t be removed yet is no obstacle to the start', async () => {
		const folder = temporaryFolder();
		for (const name of ['0.0.8', '0.0.9']) mkdirSync(join(folder, name));
		disk.held = join(folder, '0.0.8');
		const one = await setUp([serve(signedManifest())], { folder });
		expect(filesIn(folder)).toEqual(['0.0.8']);
		expect(one.logged).toEqual([expect.stringMatching(/^updates: 0\.0\.8 was not removed: .*EBUSY/)]);
		expect(codeOf(await one.updates.check())).toBe('available');
	});
});

test('a damaged memory is no obstacle', async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'updates.json'), '{"checkedAt": "yesterday", "newest": 7');
	const one = await setUp([serve(signedManifest())], { folder });
	expect(codeOf(await one.updates.check())).toBe('available');
});

test('a host that is updated elsewhere says where, and asks nobody', async () => {
	const updates = await createUpdates({
		options: { elsewhere: 'Run git pull.' },
		currentVersion: '0.1.0',
		folder: temporaryFolder(),
		network: { isBlocked: () => false, report: () => {} },
		checksByItself: () => true,
		onStatus: () => {},
		clock: Date.now,
		log: () => {},
	});
	expect(updates.status()).toEqual({ state: 'elsewhere', message: 'Run git pull.' });
	await expect(updates.check()).rejects.toMatchObject({ code: 'update-elsewhere', message: 'Run git pull.' });
});

test('the daily check is off unless the user switched it on, and never made while the network is blocked', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
	onTestFinished(() => void vi.useRealTimers());
	const one = await setUp([serve(signedManifest())]);
	const hour = 3_600_000;
	const pass = (ms: number) => {
		one.now += ms;
		return vi.advanceTimersByTimeAsync(ms);
	};
	await pass(50 * hour);
	one.checks = true;
	one.blocked = true;
	await pass(2 * hour);
	expect([one.source.requests, one.requests]).toEqual([[], []]);
	one.blocked = false;
	await pass(hour);
	vi.useRealTimers();
	await expect.poll(() => one.updates.status().state).toBe('available');
	expect(one.source.requests).toHaveLength(1);
});

test('a daily check that reaches nobody changes nothing on the screen', async () => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
	onTestFinished(() => void vi.useRealTimers());
	const one = await setUp([statusReply(500)]);
	one.checks = true;
	await vi.advanceTimersByTimeAsync(3_600_000);
	await expect.poll(() => one.requests.length, { timeout: 10_000 }).toBe(1);
	await expect.poll(() => one.updates.status()).toEqual({ state: 'idle', checkedAt: null });
});
