import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { guardAddresses, isPrivateAddress } from '../../../../electron/context/tools/address-guard.ts';
import type { ToolServer } from '../../../../electron/contract/tools/schema.ts';
import { type OpenTools, openTools, signal } from './open-tools.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A web server of the test; returns its address. */
async function serve(answer: Answer): Promise<string> {
	const server = createServer((request, response) => {
		void bodyOf(request).then((body) => answer(request, response, body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return `http://127.0.0.1:${address.port}`;
}

async function connect({ tools }: OpenTools, url: string): Promise<ToolServer> {
	const added = tools.addServer({ name: 'Remote', launch: { kind: 'url', url, headers: {} } });
	return await tools.approveServer(added.id, added.launchHash);
}

/** A server of 2025-11-25 over streamable HTTP with one tool. */
const honest: Answer = (request, response, body) => {
	if (request.method !== 'POST') return void response.writeHead(405).end();
	const { id, method } = JSON.parse(body) as { id?: number; method: string };
	if (id === undefined) return void response.writeHead(202).end();
	const results: Record<string, object> = {
		initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 't', version: '1' } },
		'tools/list': { tools: [{ name: 'ask', inputSchema: { type: 'object' } }] },
		'tools/call': { content: [{ type: 'text', text: 'answered' }] },
	};
	const result = results[method];
	const message = result === undefined ? { error: { code: -32601, message: 'Method not found' } } : { result };
	response
		.writeHead(200, { 'Content-Type': 'application/json' })
		.end(JSON.stringify({ jsonrpc: '2.0', id, ...message }));
};

test.each([
	['127.0.0.1', true],
	['10.1.2.3', true],
	['172.16.0.1', true],
	['172.32.0.1', false],
	['192.168.1.1', true],
	['169.254.169.254', true],
	['100.64.0.1', true],
	['0.0.0.0', true],
	['8.8.8.8', false],
	['::1', true],
	['[::1]', true],
	['fe80::1', true],
	['fd00::1', true],
	['::ffff:10.0.0.1', true],
	['::ffff:7f00:1', true],
	['64:ff9b::7f00:1', true],
	['2606:4700::1111', false],
])('%s is private: %s', (address, isPrivate) => {
	expect(isPrivateAddress(address)).toBe(isPrivate);
});

test('the configured host may be an address of IPv6 in a private network, and no other one', async () => {
	const { connect: original } = Socket.prototype;
	onTestFinished(() => {
		Socket.prototype.connect = original;
	});
	guardAddresses({ host: '[fd00::1]', isBlocked: () => false });
	const outcome = (host: string) =>
		new Promise<string>((resolve) => {
			const socket = new Socket().on('error', ({ message }) => resolve(message)).connect({ host, port: 9 });
			setTimeout(() => resolve('tried'), 100).unref();
			onTestFinished(() => void socket.destroy());
		});
	expect(await outcome('fd00::1')).not.toContain('is not on the internet');
	expect(await outcome('fd00::2')).toContain('is not on the internet');
});

describe('a server at an address', () => {
	test.each([
		'file:///etc/passwd',
		'ftp://example.com',
		'javascript:alert(1)',
		'not an address',
		'https://me:pw@example.com/',
	])('can’t be at %s', (url) => {
		const { tools } = openTools();
		expect(() => tools.addServer({ name: 'x', launch: { kind: 'url', url, headers: {} } })).toThrow(
			'address of a tool server',
		);
	});

	test('that redirects to another one is not followed, and that one hears nothing', async () => {
		let heard = 0;
		const inner = await serve((_request, response) => {
			heard += 1;
			response.end('{}');
		});
		const outer = await serve((_request, response) => void response.writeHead(307, { Location: `${inner}/mcp` }).end());
		expect(await connect(openTools(), `${outer}/mcp`)).toMatchObject({ state: 'failed' });
		expect(heard).toBe(0);
	});

	test('can’t send a sign-in to this computer’s network', async () => {
		// The metadata of a sign-in is the server's word: it may name any address.
		const evil = await serve((request, response) => {
			if (request.url?.startsWith('/.well-known/oauth-protected-resource')) {
				const base = `http://${request.headers.host}`;
				const facts = { resource: `${base}/mcp`, authorization_servers: ['http://169.254.169.254/latest'] };
				return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(facts));
			}
			response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
		});
		const opened = openTools();
		const server = await connect(opened, `${evil}/mcp`);
		expect(server.state).toBe('sign-in');
		await expect(opened.tools.signIn(server.id)).rejects.toThrow(/not https|not contacted/);
	});

	test('is not reached while the network is blocked, unless it is on this computer', async () => {
		const blocked = openTools({ networkBlocked: () => true });
		expect(await connect(blocked, 'https://tools.example/mcp')).toMatchObject({ state: 'failed' });
		expect(JSON.stringify((await blocked.tools.view()).servers)).toContain('the network is blocked in Settings');
		const own = openTools({ networkBlocked: () => true });
		expect(await connect(own, `${await serve(honest)}/mcp`)).toMatchObject({ state: 'connected' });
	});

	test('that was restarted gets a new session before the next call', async () => {
		let session = 'first';
		const url = await serve((request, response, body) => {
			if (request.method === 'POST' && body.includes('"initialize"')) response.setHeader('Mcp-Session-Id', session);
			else if (request.headers['mcp-session-id'] !== session)
				return void response.writeHead(404).end('unknown session');
			honest(request, response, body);
		});
		const opened = openTools();
		expect(await connect(opened, url)).toMatchObject({ state: 'connected' });
		const { id } = await opened.tool('ask');
		const ask = () => opened.tools.callByHand(id, {}, signal);
		expect(await ask()).toMatchObject({ content: 'answered' });
		session = 'second';
		expect(await ask()).toMatchObject({ isError: true });
		expect(await ask()).toMatchObject({ content: 'answered' });
	});

	test('that lies about the length of its answer fails within the time limit', async () => {
		const lying = await serve((request, response, body) => {
			if (!body.includes('tools/call')) return honest(request, response, body);
			response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100000' });
			response.write('{"jsonrpc":"2.0",');
			setTimeout(() => response.destroy(), 200);
		});
		const opened = openTools();
		expect(await connect(opened, `${lying}/mcp`)).toMatchObject({ state: 'connected' });
		const { id } = await opened.tool('ask');
		expect(await opened.tools.callByHand(id, {}, signal)).toMatchObject({ isError: true });
	});

	test('that closes its stream of events at once, again and again, is asked for it less and less often', async () => {
		let asked = 0;
		const restless = await serve((request, response, body) => {
			if (request.method === 'POST') return honest(request, response, body);
			asked += 1;
			response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 0\n\n');
		});
		const opened = openTools();
		expect(await connect(opened, `${restless}/mcp`)).toMatchObject({ state: 'connected' });
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		expect(asked).toBeGreaterThan(1);
		// Each is an entry in Activity. The server wants them without any pause.
		expect(asked).toBeLessThan(5);
		expect(await opened.tools.callByHand((await opened.tool('ask')).id, {}, signal)).toMatchObject({
			content: 'answered',
		});
	});

	test('that answers without end is cut off', async () => {
		const endless = await serve((request, response, body) => {
			if (!body.includes('tools/call')) return honest(request, response, body);
			response.writeHead(200, { 'Content-Type': 'application/json' });
			const more = (): void => {
				while (!response.destroyed && response.write('x'.repeat(1_000_000)));
				response.once('drain', more);
			};
			more();
		});
		const opened = openTools();
		await connect(opened, `${endless}/mcp`);
		const { id } = await opened.tool('ask');
		expect(await opened.tools.callByHand(id, {}, signal)).toMatchObject({ isError: true });
	});

	test('that asks for a sign-in gets one: with a state, a verifier, and tokens in the secrets only', async () => {
		const seen = { challenge: '', tokens: 0 };
		const service = await serve((request, response, body) => {
			const base = `http://${request.headers.host}`;
			const json = (value: unknown, status = 200): void =>
				void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
			const url = new URL(request.url ?? '/', base);
			if (url.pathname.startsWith('/.well-known/oauth-protected-resource'))
				return json({ resource: `${base}/mcp`, authorization_servers: [base] });
			if (url.pathname.startsWith('/.well-known/oauth-authorization-server')) {
				return json({
					...{ issuer: base, authorization_endpoint: `${base}/authorize`, token_endpoint: `${base}/token` },
					...{ registration_endpoint: `${base}/register`, response_types_supported: ['code'] },
					...{ code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['none'] },
				});
			}
			if (url.pathname === '/register') return json({ ...(JSON.parse(body) as object), client_id: 'assay-1' }, 201);
			if (url.pathname === '/token') {
				seen.tokens += 1;
				expect(new URLSearchParams(body).get('code')).toBe('the-code');
				return json({ access_token: 'at-12345', token_type: 'Bearer', expires_in: 3_600, refresh_token: 'rt-12345' });
			}
			if (request.headers.authorization !== 'Bearer at-12345')
				return void response
					.writeHead(401, {
						'WWW-Authenticate': `Bearer resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`,
					})
					.end();
			return honest(request, response, body);
		});
		const opened = openTools();
		const server = await connect(opened, `${service}/mcp`);
		expect(server.state).toBe('sign-in');
		const address = new URL(await opened.tools.signIn(server.id));
		const query = address.searchParams;
		expect(Object.fromEntries(query)).toMatchObject({
			response_type: 'code',
			client_id: 'assay-1',
			code_challenge_method: 'S256',
		});
		const back = new URL(query.get('redirect_uri') ?? '');
		expect(back.hostname).toBe('127.0.0.1');
		// Someone else's answer is none.
		expect((await fetch(`${back.href}?code=the-code&state=guessed`)).status).toBe(404);
		expect((await fetch(`${back.href}?code=the-code&state=${query.get('state')}`)).status).toBe(200);
		await vi.waitFor(async () => expect((await opened.tools.view()).servers[0]?.state).toBe('connected'), {
			timeout: 10_000,
		});
		expect(await opened.tools.callByHand((await opened.tool('ask')).id, {}, signal)).toMatchObject({
			content: 'answered',
		});
		expect(seen.tokens).toBe(1);
		// The next start uses the tokens that were kept.
		await opened.tools.connectServer(server.id);
		expect((await opened.tools.view()).servers[0]?.state).toBe('connected');
		expect(JSON.stringify(await opened.tools.view())).not.toContain('at-12345');
	});
});
