import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBrowserHost } from '../../../../electron/hosts/browser/browser-host.ts';
import { ask, askRaw, router, startTestHost } from './server.ts';

describe('the built renderer', () => {
	test('comes with its type, a strict policy and suitable caching', async () => {
		const host = await startTestHost();
		const page = await ask(host, '/');
		expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Assay</title>' });
		expect(page.headers).toMatchObject({
			'content-type': 'text/html; charset=utf-8',
			'cache-control': 'no-store',
			'x-content-type-options': 'nosniff',
			'x-frame-options': 'DENY',
			'referrer-policy': 'no-referrer',
			'cross-origin-resource-policy': 'same-origin',
			'cross-origin-opener-policy': 'same-origin',
		});
		const policy = String(page.headers['content-security-policy']);
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("script-src 'self';");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain('unsafe-eval');
		expect(page.headers['set-cookie']).toBeUndefined();

		const script = await ask(host, '/assets/index-BX4k_8aQ.js');
		expect(script.headers).toMatchObject({
			'content-type': 'text/javascript; charset=utf-8',
			'cache-control': 'public, max-age=31536000, immutable',
		});
		expect((await ask(host, '/assets/index-BX4k_8aQ.css')).headers['content-type']).toBe('text/css; charset=utf-8');
	});

	test('is not sent again if the browser has it', async () => {
		const host = await startTestHost();
		const icon = await ask(host, '/icon.svg');
		expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
		const again = await ask(host, '/icon.svg', { headers: { 'if-none-match': String(icon.headers.etag) } });
		expect(again).toMatchObject({ status: 304, body: '' });
	});

	test('answers HEAD without a body and 405 to any other method', async () => {
		const host = await startTestHost();
		const head = await ask(host, '/', { method: 'HEAD' });
		expect(head).toMatchObject({ status: 200, body: '' });
		expect(head.headers['content-length']).toBe('35');
		for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
			const answer = await ask(host, '/', { method });
			expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD']);
		}
	});

	test.each([
		'/../secret.txt',
		'/assets/../../secret.txt',
		'/..%2fsecret.txt',
		'/%2e%2e/secret.txt',
		'/%2e%2e%2fsecret.txt',
		'/..\\secret.txt',
		'/..%5csecret.txt',
		'/assets/..;/../secret.txt',
		'//secret.txt',
		'/./index.html',
		'/.env',
		'/assets',
		'/assets/',
		'/index.html%00.js',
		'/etc/passwd',
		'/nothing.js',
		'http://127.0.0.1/../secret.txt',
	])('serves nothing for %s', async (path) => {
		const host = await startTestHost();
		const answer = await ask(host, path);
		expect(answer).toMatchObject({ status: 404, body: 'There is nothing at this address\n' });
		expect(answer.headers['content-security-policy']).toBeDefined();
	});
});

describe('Host and Origin', () => {
	test.each([
		'evil.example',
		'evil.example:4870',
		'127.0.0.1.evil.example',
		'localhost.evil.example:80',
		'0.0.0.0',
		'assay',
	])('a request for the host "%s" is refused (DNS rebinding)', async (name) => {
		const host = await startTestHost();
		for (const path of ['/', '/rpc/echo']) {
			const answer = await ask(host, path, { headers: { host: name, authorization: `Bearer ${host.token}` } });
			expect(answer.status).toBe(403);
		}
	});

	test('a request without a Host is refused', async () => {
		const host = await startTestHost();
		expect(await askRaw(host, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
		expect(await askRaw(host, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
		expect(await askRaw(host, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
	});

	test('requests under another name of this computer, or through a tunnel from another port, are answered', async () => {
		const host = await startTestHost();
		for (const name of [`localhost:${host.port}`, '127.0.0.1:9999', 'LOCALHOST:1', '[::1]:80']) {
			expect((await ask(host, '/', { headers: { host: name } })).status).toBe(200);
		}
	});

	test.each(['https://evil.example', 'null', 'http://localhost:3000', 'file://', ''])(
		'a request from the origin "%s" is refused, token or not',
		async (origin) => {
			const host = await startTestHost();
			const headers = { origin, authorization: `Bearer ${host.token}` };
			expect((await ask(host, '/', { headers })).status).toBe(403);
			expect((await ask(host, '/rpc/echo', { method: 'POST', headers })).status).toBe(403);
		},
	);

	test('the server listens on the loopback address only', async () => {
		const host = await startTestHost();
		const others = Object.values(networkInterfaces())
			.flat()
			.filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal);
		for (const other of others) {
			await expect(fetch(`http://${other?.address}:${host.port}/`)).rejects.toThrow();
		}
	});
});

describe('calls over HTTP', () => {
	const body = JSON.stringify({ json: { text: 'hi' } });

	test('are answered with the token as a Bearer header', async () => {
		const host = await startTestHost();
		const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' };
		const answer = await ask(host, '/rpc/echo', { method: 'POST', headers, body });
		expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { json: 'hi' }]);
		expect(answer.headers['cache-control']).toBe('no-store');
	});

	test('are refused without a token, with a wrong one, or with one in the address or a cookie', async () => {
		const host = await startTestHost();
		const wrong = [
			{},
			{ authorization: 'Bearer wrong' },
			{ authorization: `Bearer ${host.token}x` },
			{ authorization: `Bearer ${host.token.slice(0, -1)}` },
			{ authorization: `Basic ${host.token}` },
			{ authorization: '' },
			{ cookie: `token=${host.token}` },
		];
		for (const headers of wrong) {
			const answer = await ask(host, `/rpc/echo?token=${host.token}`, { method: 'POST', headers, body });
			expect(answer.status).toBe(401);
		}
	});

	test('to unknown procedures return 404', async () => {
		const host = await startTestHost();
		const headers = { authorization: `Bearer ${host.token}` };
		expect((await ask(host, '/rpc/nothing', { method: 'POST', headers })).status).toBe(404);
		expect((await ask(host, '/rpc/__proto__', { method: 'POST', headers })).status).toBe(404);
	});
});

describe('the own name of a start', () => {
	const start = async (port?: number) => {
		const log: string[] = [];
		const options = { application: { router }, rendererFolder: '/nowhere', ownName: true };
		const host = await startBrowserHost({
			...options,
			log: (line) => log.push(line),
			...(port === undefined ? {} : { port }),
		});
		onTestFinished(() => host.close());
		return { ...host, log };
	};

	test('is new each time, in every link, and comes with the same link at 127.0.0.1', async () => {
		const [first, second] = [await start(), await start()];
		const { url, fallbackUrl } = first.newLink();
		const [named, numeric] = [new URL(url), new URL(fallbackUrl ?? '')];
		expect(named.hostname).toMatch(/^assay-[a-z2-9]{16}\.localhost$/);
		expect(new URL(second.newLink().url).hostname).not.toBe(named.hostname);
		expect(new URL(first.urlForOpener()).hostname).toBe(named.hostname);
		expect([numeric.hostname, numeric.port, numeric.hash]).toEqual(['127.0.0.1', named.port, named.hash]);
		expect(first.newLink().url).not.toBe(url);
	});

	test('is answered under, and the name of another start is not', async () => {
		const [first, second] = [await start(), await start()];
		const names = [new URL(first.newLink().url).host, new URL(second.newLink().url).host];
		const statuses = names.map(async (name) => {
			const answer = await askRaw(first, `GET /socket HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
			return answer.split(' ')[1];
		});
		expect(await Promise.all(statuses)).toEqual(['404', '403']);
	});

	test('is held at both loopback addresses, so that nobody else answers under it', async () => {
		const { port } = await start();
		const other = createServer();
		const failed = once(other, 'error');
		other.listen(port, '::1');
		const [error] = (await failed) as [NodeJS.ErrnoException];
		expect(['EADDRINUSE', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']).toContain(error.code);
	});

	test('is given up for 127.0.0.1 if another program has the port at ::1', async (context) => {
		const other = createServer();
		const outcome = await new Promise((resolve) => {
			other.once('error', resolve);
			other.listen(0, '::1', () => resolve('listening'));
		});
		context.skip(outcome !== 'listening', 'SKIPPED: this computer has no IPv6');
		onTestFinished(() => void other.close());
		const address = other.address();
		const { newLink, log } = await start(typeof address === 'object' ? address?.port : 0);
		expect(newLink()).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/), fallbackUrl: null });
		expect(log).toEqual([expect.stringContaining('::1')]);
	});
});

describe('what another program left in the browser', () => {
	test('a service worker at any path is replaced by one that removes itself, with no token asked for', async () => {
		const host = await startTestHost();
		for (const path of ['/sw.js', '/rpc/sw.js', '/upload', '/download/sw.js', '/']) {
			const answer = await ask(host, path, { headers: { 'service-worker': 'script' } });
			expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('registration.unregister()') });
			expect(answer.headers).toMatchObject({
				'content-type': 'text/javascript; charset=utf-8',
				'cache-control': 'no-store',
			});
		}
	});

	test('is cleared once per address: the cache with a link, everything when the page asks', async () => {
		const host = await startTestHost();
		const cleared = async (method: string, path: string, name: string) =>
			(await ask(host, path, { method, headers: { host: name } })).headers['clear-site-data'];
		for (const name of ['127.0.0.1:1', 'localhost:2']) {
			expect(await cleared('GET', '/', name)).toBeUndefined();
			expect(await cleared('GET', '/?x', name)).toBe('"cache"');
			expect(await cleared('GET', '/?y', name)).toBeUndefined();
			expect(await cleared('POST', '/clean', name)).toBe('"storage"');
			expect(await cleared('POST', '/clean', name)).toBeUndefined();
		}
		expect((await ask(host, '/clean')).status).toBe(405);
		const foreign = { host: '127.0.0.1:3', origin: 'http://127.0.0.1:4' };
		expect((await ask(host, '/clean', { method: 'POST', headers: foreign })).status).toBe(403);
	});
});

describe('the port', () => {
	test('gives a clear failure with a way out if the requested one is taken', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
		const address = other.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		const start = startBrowserHost({ application: { router }, port, rendererFolder: '/nowhere', log: () => {} });
		await expect(start).rejects.toMatchObject({
			code: 'port-taken',
			message: `Assay can’t use port ${port}: another program is using it`,
			next: [expect.stringContaining('--port'), expect.any(String)],
		});
		other.close();
	});

	test('is a free one if none was requested', async () => {
		const options = { application: { router }, rendererFolder: '/nowhere', log: () => {} };
		const first = await startBrowserHost(options);
		const second = await startBrowserHost(options);
		expect(second.port).not.toBe(first.port);
		await Promise.all([first.close(), second.close()]);
	});
});
