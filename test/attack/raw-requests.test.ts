import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startTestHost } from '../electron/hosts/browser/server.ts';
import { serving } from '../electron/server/serving.ts';

/** Sends bytes as they are; returns all that comes back until the other end closes, or falls silent for two seconds. */
async function sendRaw(port: number, bytes: string): Promise<string> {
	const socket = connect(port, '127.0.0.1').on('error', () => {});
	let heard = '';
	socket.setEncoding('latin1').on('data', (piece: string) => {
		heard += piece;
	});
	socket.setTimeout(2_000, () => socket.destroy());
	socket.end(bytes, 'latin1');
	await new Promise((resolve) => socket.once('close', resolve));
	return heard;
}

const head = (line: string, ...headers: string[]): string => `${[line, ...headers].join('\r\n')}\r\n\r\n`;

/** Requests that no client sends, by what is odd about them. */
function oddRequests(host: string, authorization: string): Readonly<Record<string, string>> {
	const known = [`Host: ${host}`, `Authorization: ${authorization}`];
	const smuggled = head('GET /v1/models HTTP/1.1', ...known);
	return {
		'two lengths': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Length: 2', 'Content-Length: 40')}{}${smuggled}`,
		'a length and chunks': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
		'chunks by another name': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Transfer-Encoding: xchunked')}0\r\n\r\n`,
		'a chunk of a negative size': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Transfer-Encoding: chunked')}-1\r\nx\r\n`,
		'a chunk larger than any memory': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Transfer-Encoding: chunked')}FFFFFFFFFFFFFFFF\r\nx`,
		'chunks with endless extensions': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Transfer-Encoding: chunked')}1;${'a=b;'.repeat(50_000)}\r\n{\r\n`,
		'a negative length': head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Length: -5'),
		'a length that no number holds': head(
			'POST /v1/chat/completions HTTP/1.1',
			...known,
			`Content-Length: ${'9'.repeat(400)}`,
		),
		'a header of one megabyte': head('GET /v1/models HTTP/1.1', ...known, `X-A: ${'a'.repeat(1_000_000)}`),
		'ten thousand headers': head(
			'GET /v1/models HTTP/1.1',
			...known,
			...Array.from({ length: 10_000 }, (_, n) => `x${n}: 1`),
		),
		'a line break in a header': head('GET /v1/models HTTP/1.1', ...known, 'Origin: http://a\nSet-Cookie: b=1'),
		'a carriage return in a header': head('GET /v1/models HTTP/1.1', ...known, 'Origin: http://a\rSet-Cookie: b=1'),
		'a NUL in a header': head('GET /v1/models HTTP/1.1', ...known, 'Origin: http://a\0b'),
		'a header on two lines': head('GET /v1/models HTTP/1.1', ...known, 'X-A: a\r\n b'),
		'two hosts': head('GET /v1/models HTTP/1.1', ...known, 'Host: evil.example'),
		'a host that is none': head('GET /v1/models HTTP/1.1', `Authorization: ${authorization}`, 'Host: evil.example'),
		'no host': head('GET /v1/models HTTP/1.1', `Authorization: ${authorization}`),
		'a whole address': head('GET http://evil.example/v1/models HTTP/1.1', ...known),
		'an asterisk': head('OPTIONS * HTTP/1.1', ...known),
		'a tunnel': head('CONNECT evil.example:443 HTTP/1.1', ...known),
		'another protocol': head(
			'GET /v1/models HTTP/1.1',
			...known,
			'Connection: Upgrade',
			'Upgrade: h2c',
			'HTTP2-Settings: AAMAAABkAAQAAP__',
		),
		'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
		'the start of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
		'a version that is none': head('GET /v1/models HTTP/9.9', ...known),
		'the first version': 'GET /v1/models\r\n\r\n',
		'a method that is none': head('STEAL /v1/models HTTP/1.1', ...known),
		'escapes that are none': head('GET /v1/models/%E0%A4%A HTTP/1.1', ...known),
		'an escape of NUL': head('GET /v1/models/%00 HTTP/1.1', ...known),
		'steps upwards': head('GET /../../../../etc/passwd HTTP/1.1', ...known),
		'escaped steps upwards': head('GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1', ...known),
		'an address of 100,000 characters': head(`GET /${'a'.repeat(100_000)} HTTP/1.1`, ...known),
		'two slashes': head('GET //evil.example/v1/models HTTP/1.1', ...known),
		'an address that is none': head('GET http://[ HTTP/1.1', ...known),
		'a query of ten thousand names': head(`GET /v1/models?${'a=1&'.repeat(3_000)} HTTP/1.1`, ...known),
		'waits for a go-ahead and says nothing': head(
			'POST /v1/chat/completions HTTP/1.1',
			...known,
			'Content-Length: 10',
			'Expect: 100-continue',
		),
		'expects the impossible': head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Length: 2', 'Expect: tea'),
		'a body that was squeezed': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Encoding: gzip', 'Content-Length: 2')}{}`,
		'a body in another character set': `${head('POST /v1/chat/completions HTTP/1.1', ...known, 'Content-Type: application/json; charset=utf-16', 'Content-Length: 2')}{}`,
		'a key of other letters': head('GET /v1/models HTTP/1.1', `Host: ${host}`, 'Authorization: Bearer \xff\xfe\xe9'),
		'a thousand requests at once': head('GET /v1/models HTTP/1.1', ...known).repeat(1_000),
	};
}

/** What is wrong with the answer to an odd request: a success or a defect, or words of another request. */
function faultOf(answer: string): string | null {
	if (/\r\nSet-Cookie:/i.test(answer)) return 'a header was injected';
	if (/root:x:0/.test(answer)) return 'a file of the computer was sent';
	const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
	if (answer !== '' && status === undefined) return `no HTTP: ${answer.slice(0, 80)}`;
	return status !== undefined && Number(status) >= 500 && Number(status) !== 501
		? `status ${status}: ${answer.slice(0, 400)}`
		: null;
}

test.each(['the server for other programs', 'the browser host'])(
	'%s answers or closes requests that no client sends',
	async (which) => {
		const served = which === 'the browser host' ? null : await serving();
		const host = served === null ? await startTestHost() : null;
		const port = served?.port ?? host?.port ?? 0;
		const odd = oddRequests(`127.0.0.1:${port}`, `Bearer ${served?.key ?? host?.token}`);
		const faults: Record<string, string> = {};
		await Promise.all(
			Object.entries(odd).map(async ([name, bytes]) => {
				const answer = await sendRaw(port, bytes);
				if (process.env.SHOW)
					console.log(which, '|', name, '|', answer.slice(0, 15), '|', answer.split('\r\n\r\n')[1]?.slice(0, 100));
				const fault = faultOf(answer);
				if (fault !== null) faults[name] = fault;
			}),
		);
		expect(faults).toEqual({});
		const { status } = await fetch(`http://127.0.0.1:${port}/${served === null ? '' : 'v1/models'}`, {
			headers: served === null ? {} : { authorization: `Bearer ${served.key}` },
		});
		expect(status).toBe(200);
		// The first line says where it listens.
		expect(served?.log.slice(1) ?? []).toEqual([]);
	},
);
