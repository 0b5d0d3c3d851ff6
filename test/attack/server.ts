import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Served, user } from '../electron/server/serving.ts';
import type { Random } from './random.ts';

/** Streams of every protocol. */
export const streams: readonly (readonly [path: string, body: object])[] = [
	['/v1/chat/completions', { messages: user('x'), stream: true }],
	['/v1/completions', { prompt: 'x', max_tokens: 100, stream: true }],
	['/v1/responses', { input: 'x', stream: true }],
	['/v1/messages', { max_tokens: 100, messages: user('x'), stream: true }],
	['/api/chat', { messages: user('x'), stream: true }],
];

/** Every route that reads a body. */
const posts = [
	...streams.map(([path]) => path),
	...['/v1/messages/count_tokens', '/v1/embeddings', '/v1/rerank', '/v1/feedback', '/tokenize', '/detokenize'],
	...['/apply-template', '/api/embed'],
];

const bytes = (...values: number[]): Blob => new Blob([Uint8Array.from(values)]);

const bodies: Readonly<Record<string, string | Blob>> = {
	nothing: '',
	'half a document': '{"messages": [{"role": "us',
	'a document and more': '{} {}',
	'no object': '[]',
	'a null': 'null',
	'a text': '"messages"',
	'bytes that are no UTF-8': bytes(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d),
	'an overlong slash': bytes(0x22, 0xc0, 0xaf, 0x22),
	'a lone surrogate': '{"model": "\\ud800", "input": 7, "messages": 7, "prompt": {}, "query": 1, "tokens": 1}',
	'a character of zero': '{"model": "\\u0000", "input": 7, "messages": 7, "prompt": {}, "query": 1, "tokens": 1}',
	'100,000 brackets': '['.repeat(100_000),
	'100,000 whole brackets': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
	'objects in objects': `${'{"messages":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
	'a prototype': '{"__proto__": {"messages": []}, "constructor": {"prototype": {}}}',
	'an enormous number': '{"max_tokens": 1e400, "messages": 1e400, "input": 1e400, "tokens": [1e400], "prompt": 1e400}',
};

/** Time of the processor that this process, which serves, has used since: other programs don't lengthen it. */
function secondsSince(at: NodeJS.CpuUsage): number {
	const { user, system } = process.cpuUsage(at);
	return (user + system) / 1e6;
}

/** Sends bodies that nobody can read to every route. Returns what went wrong. */
export async function attackBodies({ ask }: Served): Promise<string[]> {
	const faults: string[] = [];
	for (const path of posts) {
		for (const [name, body] of Object.entries(bodies)) {
			const at = process.cpuUsage();
			const response = await ask(path, undefined, {}, { method: 'POST', body });
			const text = await response.text();
			const fault =
				errorFault(path, response.status, text) ?? (secondsSince(at) > 5 ? 'took over 5 s of the processor' : null);
			if (fault !== null) faults.push(`${path}, ${name}: ${fault}`);
		}
	}
	return faults;
}

/** Returns what is wrong with an answer to a wrong request: it must be an error of 4xx in the client's own form. */
function errorFault(path: string, status: number, text: string): string | null {
	if (status < 400 || status >= 500) return `status ${status}: ${text.slice(0, 200)}`;
	const body = JSON.parse(text) as { type?: unknown; error?: unknown };
	if (path.startsWith('/api/')) return typeof body.error === 'string' ? null : `no error of Ollama's: ${text}`;
	if (path.startsWith('/v1/messages')) return body.type === 'error' ? null : `no error of Anthropic's: ${text}`;
	return typeof (body.error as { message?: unknown } | undefined)?.message === 'string' ? null : `no error: ${text}`;
}

/** As text: JSON.stringify has no stack for it. */
const nested = (depth: number): string =>
	`${'{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":'.repeat(depth)}{"type":"string"}${'}}'.repeat(depth)}`;

const schemas: Readonly<Record<string, object | string>> = {
	'200 deep': nested(200),
	'3,000 deep': nested(3_000),
	'itself for ever': { $ref: '#' },
	'two that name each other': { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
	'doubling definitions': {
		$ref: '#/$defs/d0',
		$defs: Object.fromEntries(
			Array.from({ length: 30 }, (_, at) => [
				`d${at}`,
				at === 29 ? { type: 'string' } : { anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
			]),
		),
	},
	'a pattern that backtracks': { type: 'string', pattern: '^(a+)+$' },
	'a pattern of alternatives': { type: 'string', pattern: '^(a|aa|a?)*b$' },
	'a pattern that repeats a million times': { type: 'string', pattern: '^a{1000000}$' },
	'a pattern of repeated repeats': { type: 'string', pattern: '^(((a{100}){100}){100}){100}$' },
	'a pattern that is none': { type: 'string', pattern: '((((' },
	'1,000 brackets in a pattern': { type: 'string', pattern: `${'('.repeat(1_000)}a${')'.repeat(1_000)}` },
	'a billion items': { type: 'array', items: { type: 'string' }, minItems: 1e9 },
	'a billion characters': { type: 'string', minLength: 1e9 },
	'20,000 values': { enum: Array.from({ length: 20_000 }, (_, at) => `value ${at}`) },
	'5,000 properties': {
		type: 'object',
		properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`p${at}`, { type: 'string' }])),
	},
};

/** Asks for answers in schemas that explode, as a format and as the input of a tool. Returns what went wrong. */
export async function attackSchemas({ ask }: Served): Promise<string[]> {
	const faults: string[] = [];
	for (const [name, given] of Object.entries(schemas)) {
		const schema = typeof given === 'string' ? given : JSON.stringify(given);
		for (const [where, more] of [
			['format', `"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":${schema}}}`],
			['tool', `"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}],"tool_choice":"required"`],
		]) {
			const at = process.cpuUsage();
			const response = await ask(
				'/v1/chat/completions',
				`{"messages":[{"role":"user","content":"x"}],"max_tokens":5,${more}}`,
			);
			const text = await response.text();
			const seconds = secondsSince(at);
			if (response.status >= 500) faults.push(`${name}, ${where}: status ${response.status}, ${text.slice(0, 200)}`);
			if (seconds > 5) faults.push(`${name}, ${where}: took ${seconds.toFixed(1)} s of the processor`);
		}
	}
	return faults;
}

/** Leaves `count` streams at random moments. Returns what went wrong: nothing may be left of them. */
export async function attackByLeaving({ ask, application }: Served, random: Random, count: number): Promise<string[]> {
	const faults: string[] = [];
	let left = count;
	async function leaveSome(): Promise<void> {
		while (left > 0) {
			left -= 1;
			const [path, body] = streams[random.below(streams.length)] ?? ['', {}];
			const leaving = new AbortController();
			const timer = setTimeout(() => leaving.abort(), random.below(40));
			try {
				const response = await ask(path, body, {}, { signal: leaving.signal });
				if (response.status !== 200) faults.push(`${path}: status ${response.status}`);
				await response.text();
			} catch {
				// It left.
			}
			clearTimeout(timer);
		}
	}
	await Promise.all(Array.from({ length: 8 }, leaveSome));
	const idle = async () => {
		const status = await application.client.server.status();
		const { requests } = await application.client.server.liveRequests();
		return status.state === 'on' && status.active === 0 && requests.length === 0;
	};
	for (let time = 0; !(await idle()) && time < 100; time += 1) await sleep(50);
	if (!(await idle())) faults.push('requests are still being answered 5 s after the last client left');
	return faults;
}

/** Opens connections that send half a request, or read nothing of their answer. Resolves with a function that ends them. */
export async function openSlow(
	{ port, key }: Served,
	count: number,
	body: object,
	isWriter: boolean,
): Promise<() => void> {
	const text = JSON.stringify(body);
	const sockets = Array.from({ length: count }, () => {
		const socket = connect(port, '127.0.0.1');
		socket.on('error', () => {});
		socket.write(
			`POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${key}\r\n` +
				`content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n` +
				(isWriter ? text.slice(0, 10) : text),
		);
		if (!isWriter) socket.pause();
		return socket;
	});
	await sleep(300);
	return () => {
		for (const socket of sockets) socket.destroy();
	};
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Asks `count` times in a row. Returns how much more memory is held after the second half than after the first, bytes. */
export async function growthOf({ ask }: Served, count: number): Promise<number> {
	const held: number[] = [];
	for (let half = 0; half < 2; half += 1) {
		for (let number = 0; number < count / 2; number += 1) {
			const [path, body] = streams[number % streams.length] ?? ['', {}];
			const response = await ask(path, { ...body, stream: number % 2 === 0 });
			if (response.status !== 200) throw new Error(`${path}: status ${response.status}`);
			await response.text();
		}
		await sleep(100);
		collectGarbage();
		collectGarbage();
		const { heapUsed, external } = process.memoryUsage();
		held.push(heapUsed + external);
	}
	return (held[1] ?? 0) - (held[0] ?? 0);
}
