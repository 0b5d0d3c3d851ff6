import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { checkEndpoint } from '../../../electron/server/endpoint-doctor/check-endpoint.ts';
import { freePort, serving } from './serving.ts';

/** A server with the faults that real ones had. */
async function faulty(
	answer: (request: IncomingMessage, body: Record<string, unknown>, response: ServerResponse) => void,
) {
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += String(chunk)));
		request.on('end', () => answer(request, text === '' ? {} : JSON.parse(text), response));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => void server.close());
	const address = server.address();
	return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

function send(response: ServerResponse, body: unknown, status = 200): void {
	response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
	response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

test('an endpoint with the faults of real servers is told what breaks, and for whom', async () => {
	let calls = 0;
	const url = await faulty((request, body, response) => {
		if (request.url === '/v1/models') return send(response, { data: [{ id: 'm', context_length: 512 }] });
		if (request.method === 'OPTIONS') return send(response, {});
		if (request.url !== '/v1/chat/completions') return send(response, 'no', 404);
		if ('store' in body) return send(response, { error: { message: 'store: unknown field' } }, 400);
		calls += 1;
		const content = body['response_format'] === undefined ? `answer ${calls}` : 'not JSON';
		if (body['stream'] === true) {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const chunk = {
				id: 'c',
				object: 'chat.completion.chunk',
				choices: [{ delta: { content }, finish_reason: 'stop' }],
			};
			response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
			return;
		}
		send(response, {
			...{ id: 'c', object: 'chat.completion', created: 1, model: 'm', usage },
			choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
		});
	});
	const { checks, breaks, model } = await checkEndpoint(url);
	const found = Object.fromEntries(checks.map(({ name, outcome, detail }) => [name, `${outcome}: ${detail}`]));
	expect(model).toBe('m');
	expect(found).toMatchObject({
		models: 'ok: 1; asked: m',
		'a wrong key is refused': expect.stringMatching(/^skipped/),
		'pages of other sites are kept out': expect.stringMatching(/^broken: any page may use it/),
		'a chat answer': 'ok: 5 and 2 tokens',
		'unknown fields are ignored': 'broken: chat with unknown fields: store: unknown field',
		'a stream with numbered choices and usage': expect.stringMatching(/^broken: stream: choices.0.index/),
		'errors have a message': expect.stringMatching(/^broken: messages that are no list: status 200/),
		'JSON answers': expect.stringMatching(/^broken: json_schema: the answer is not JSON/),
		'tool calls': expect.stringMatching(/^broken: tools: tool_calls/),
		'a prompt that doesn’t fit is refused, not cut': expect.stringMatching(/^broken: .*cut in silence/),
		'the same seed gives the same answer': expect.stringMatching(/^broken/),
		embeddings: expect.stringMatching(/^missing: embeddings: there is no such route/),
	});
	expect(breaks).toContain('@ai-sdk/openai');
	expect(breaks).toContain('Codex');
});

test('an address where nothing listens says why', async () => {
	const port = await freePort();
	const { checks } = await checkEndpoint(`http://127.0.0.1:${port}/v1`);
	expect(checks).toMatchObject([{ name: 'models', outcome: 'broken', detail: expect.stringContaining(String(port)) }]);
});

test('Assay keeps what a scripted model can show of it', async () => {
	const { port, key } = await serving({ script: { contextSize: 2_000 } });
	const { checks } = await checkEndpoint(`http://127.0.0.1:${port}`, { key });
	const green = checks.filter(({ outcome }) => outcome === 'ok').map(({ name }) => name);
	expect(green).toEqual(
		expect.arrayContaining([
			'models',
			'a wrong key is refused',
			'pages of other sites are kept out',
			'a chat answer',
			'text parts, developer and null content',
			'unknown fields are ignored',
			'a stream with numbered choices and usage',
			'errors have a message',
			'a prompt that doesn’t fit is refused, not cut',
			'the same seed gives the same answer',
			'log-probabilities of an answer',
			'a repeated prompt is cached, and says so',
			'Responses API, with tools of other kinds',
			'Messages API of Anthropic',
			'tokens of a text',
			'Ollama’s API',
		]),
	);
});
