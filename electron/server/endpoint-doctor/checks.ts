import { z } from 'zod';
import { isLoopbackHost } from '../../loopback/host-name.ts';
import { answered, type Check, Missing, messageOf, need, Skipped } from './check.ts';
import type { Endpoint } from './probe.ts';

/** Everything that speaks OpenAI's API. */
const everyone = ['openai (Python, Node)', 'LangChain', '@ai-sdk/openai-compatible'];

const question = [{ role: 'user', content: 'Say hello.' }];

/** Reads a body. Throws an Error that names the first field that clients can't use. */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown, what: string): z.output<Schema> {
	const parsed = schema.safeParse(body);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new Error(`${what}: ${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'invalid'}`);
}

const usageSchema = z.looseObject({
	prompt_tokens: z.number(),
	completion_tokens: z.number(),
	total_tokens: z.number(),
});

const completionSchema = z.looseObject({
	id: z.string(),
	object: z.literal('chat.completion'),
	created: z.number(),
	model: z.string(),
	choices: z
		.array(
			z.looseObject({
				index: z.number(),
				message: z.looseObject({ role: z.literal('assistant'), content: z.string().nullable() }),
				finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
			}),
		)
		.min(1),
	usage: usageSchema,
});

const chunkSchema = z.looseObject({
	id: z.string(),
	object: z.literal('chat.completion.chunk'),
	choices: z.array(
		z.looseObject({
			index: z.number(),
			delta: z.looseObject({
				content: z.string().nullish(),
				tool_calls: z.array(z.looseObject({ index: z.number() })).nullish(),
			}),
			finish_reason: z.string().nullish(),
		}),
	),
	usage: usageSchema.nullish(),
});

/** What Assay's list of models says of each. */
const modelTasksSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), task: z.unknown() })) });

const toolCallSchema = z.looseObject({
	id: z.string(),
	type: z.literal('function'),
	function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const weather = {
	type: 'function',
	function: {
		name: 'get_weather',
		description: 'Tells the weather of a city',
		parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
	},
};

const weatherMessages = [{ role: 'user', content: 'What is the weather in Paris? Use the tool.' }];

async function chat({ ask, model }: Endpoint, more: object, what: string) {
	const body = { model, messages: question, max_tokens: 16, ...more };
	return read(completionSchema, answered(await ask('/chat/completions', body), what), what);
}

async function chunksOf({ ask, model }: Endpoint, more: object, what: string) {
	const reply = await ask('/chat/completions', { model, messages: question, max_tokens: 16, stream: true, ...more });
	answered(reply, what);
	const type = reply.headers.get('content-type') ?? '';
	need(type.includes('text/event-stream'), `${what}: the content type is "${type}", not text/event-stream`);
	need(reply.text.trimEnd().endsWith('data: [DONE]'), `${what}: the stream doesn’t end with data: [DONE]`);
	return reply.events.map((event) => read(chunkSchema, event, what));
}

function parsesAs(schema: z.ZodType, text: string | null | undefined, what: string): void {
	let value: unknown;
	try {
		value = JSON.parse(text ?? '');
	} catch {
		throw new Error(`${what}: the answer is not JSON: ${(text ?? '').slice(0, 80)}`);
	}
	read(schema, value, what);
}

/** In the order in which they are made. */
export const checks: readonly Check[] = [
	{
		name: 'models',
		clients: everyone,
		essential: true,
		async run(endpoint) {
			const list = z.looseObject({
				data: z
					.array(z.looseObject({ id: z.string(), context_length: z.number().nullish(), loaded: z.boolean().nullish() }))
					.min(1),
			});
			const { data } = read(list, answered(await endpoint.ask('/models'), 'GET /models'), 'GET /models');
			const chosen =
				data.find(({ id }) => id === endpoint.model) ?? data.find(({ loaded }) => loaded === true) ?? data[0];
			if (endpoint.model === '') endpoint.model = chosen?.id ?? '';
			endpoint.contextLength = chosen?.context_length ?? null;
			return `${data.length}; asked: ${endpoint.model}`;
		},
	},
	{
		name: 'a wrong key is refused',
		clients: [],
		async run({ ask, key }) {
			if (key === null) throw new Skipped('no key was given');
			const { status } = await ask('/models', undefined, { headers: { authorization: 'Bearer wrong' } });
			need(status === 401 || status === 403, `a wrong key is answered with status ${status}`);
			return `status ${status}`;
		},
	},
	{
		name: 'pages of other sites are kept out',
		clients: [],
		async run({ ask, url }) {
			if (!isLoopbackHost(new URL(url).host)) throw new Skipped('the endpoint is not on this computer');
			const origin = 'https://example.com';
			const { headers } = await ask('/chat/completions', undefined, { method: 'OPTIONS', headers: { origin } });
			const allowed = headers.get('access-control-allow-origin');
			need(allowed !== origin && allowed !== '*', `any page may use it: access-control-allow-origin is ${allowed}`);
			return 'a foreign origin is not allowed';
		},
	},
	{
		name: 'a chat answer',
		clients: everyone,
		essential: true,
		async run(endpoint) {
			const { usage } = await chat(endpoint, {}, 'chat');
			return `${usage.prompt_tokens} and ${usage.completion_tokens} tokens`;
		},
	},
	{
		name: 'text parts, developer and null content',
		clients: ['LangChain', '@ai-sdk/openai', 'Cline'],
		async run(endpoint) {
			const messages = [
				{ role: 'developer', content: 'Be brief.' },
				{ role: 'user', content: [{ type: 'text', text: 'Hi' }] },
				{ role: 'assistant', content: null },
				{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
			];
			await chat(endpoint, { messages, max_tokens: undefined, max_completion_tokens: 8 }, 'chat with parts');
			return 'read';
		},
	},
	{
		name: 'unknown fields are ignored',
		clients: ['Cline', 'Continue', 'Zed', 'Open WebUI'],
		async run(endpoint) {
			const more = {
				store: false,
				metadata: {},
				user: 'someone',
				reasoning_effort: 'low',
				service_tier: 'auto',
				prompt_cache_key: 'x',
				verbosity: 'low',
				parallel_tool_calls: true,
			};
			const { model } = endpoint;
			const reply = await endpoint.ask('/chat/completions', { model, messages: question, max_tokens: 16, ...more });
			need(reply.status === 200, `chat with unknown fields: ${messageOf(reply) ?? `status ${reply.status}`}`);
			return 'no field is refused';
		},
	},
	{
		name: 'a stream with numbered choices and usage',
		clients: [...everyone, '@ai-sdk/openai'],
		essential: true,
		async run(endpoint) {
			const chunks = await chunksOf(endpoint, { stream_options: { include_usage: true } }, 'stream');
			need(
				chunks.some(({ choices }) => typeof choices[0]?.finish_reason === 'string'),
				'stream: no chunk has a finish_reason',
			);
			const last = chunks.at(-1);
			need(
				last?.usage !== null && last?.usage !== undefined,
				'stream: the last chunk has no usage, though it was asked for',
			);
			return `${chunks.length} chunks`;
		},
	},
	{
		name: 'errors have a message',
		clients: ['@ai-sdk/openai-compatible', ...everyone],
		async run({ ask, model }) {
			const unknown = await ask('/chat/completions', { model: 'no-such-model-0', messages: question });
			if (unknown.status !== 200) need(messageOf(unknown) !== null, 'an unknown model: the error has no message');
			const wrong = await ask('/chat/completions', { model, messages: 'none' });
			need(
				wrong.status >= 400 && wrong.status < 500,
				`messages that are no list: status ${wrong.status} instead of 400`,
			);
			need(messageOf(wrong) !== null, 'messages that are no list: the error has no message');
			return unknown.status === 200 ? 'any model name is taken' : `unknown model: ${unknown.status}`;
		},
	},
	{
		name: 'JSON answers',
		clients: ['openai structured outputs', 'promptfoo', 'LangChain'],
		async run(endpoint) {
			const text = await chat(endpoint, { response_format: { type: 'text' } }, 'response_format text');
			need(text.choices[0]?.message.content !== null, 'response_format text: no content');
			const schema = {
				type: 'object',
				properties: { city: { type: 'string', enum: ['Paris', 'Rome'] }, big: { type: 'boolean' } },
				required: ['city', 'big'],
				additionalProperties: false,
			};
			const format = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } };
			const messages = [{ role: 'user', content: 'Name the capital of France, as JSON with city and big.' }];
			const forced = await chat(endpoint, { messages, response_format: format, max_tokens: 64 }, 'json_schema');
			parsesAs(
				z.strictObject({ city: z.enum(['Paris', 'Rome']), big: z.boolean() }),
				forced.choices[0]?.message.content,
				'json_schema',
			);
			const any = await chat(
				endpoint,
				{ messages, response_format: { type: 'json_object' }, max_tokens: 128 },
				'json_object',
			);
			// An object that the limit cut is no fault.
			if (any.choices[0]?.finish_reason !== 'length') {
				parsesAs(z.looseObject({}), any.choices[0]?.message.content, 'json_object');
			}
			return 'text, json_object and json_schema';
		},
	},
	{
		name: 'tool calls',
		clients: ['@ai-sdk/openai', 'LangChain agents', 'Cline', 'Codex', 'Claude Code'],
		async run(endpoint) {
			const more = { messages: weatherMessages, tools: [weather], tool_choice: 'required', max_tokens: 128 };
			const { choices } = await chat(endpoint, more, 'tools');
			const calls = read(z.array(toolCallSchema).min(1), choices[0]?.message['tool_calls'], 'tools: tool_calls');
			parsesAs(z.looseObject({ city: z.string() }), calls[0]?.function.arguments, 'tools: arguments');
			need(choices[0]?.finish_reason === 'tool_calls', `tools: finish_reason is ${choices[0]?.finish_reason}`);
			const chunks = await chunksOf(endpoint, more, 'tools, streamed');
			need(
				chunks.some(({ choices: some }) => (some[0]?.delta.tool_calls?.length ?? 0) > 0),
				'tools, streamed: no chunk has tool_calls',
			);
			const results = [
				...weatherMessages,
				{ role: 'assistant', content: null, tool_calls: calls },
				{ role: 'tool', tool_call_id: calls[0]?.id, content: '{"weather": "sunny"}' },
			];
			await chat(endpoint, { messages: results, tools: [weather] }, 'the result of a tool');
			return `${calls[0]?.function.name}(${calls[0]?.function.arguments.slice(0, 60)})`;
		},
	},
	{
		name: 'a prompt that doesn’t fit is refused, not cut',
		clients: ['agents with long conversations'],
		async run({ ask, model, contextLength }) {
			if (contextLength === null || contextLength > 300_000) throw new Skipped('the size of the context isn’t known');
			const reply = await ask('/chat/completions', {
				model,
				messages: [{ role: 'user', content: 'word '.repeat(Math.ceil(contextLength * 1.2)) }],
				max_tokens: 1,
			});
			need(reply.status !== 200, `a prompt longer than ${contextLength} tokens is answered: it was cut in silence`);
			need(reply.status < 500, `a prompt that is too long gives status ${reply.status} instead of 400`);
			return messageOf(reply) ?? `status ${reply.status}`;
		},
	},
	{
		name: 'the same seed gives the same answer',
		clients: ['evaluations'],
		async run(endpoint) {
			const more = { seed: 7, temperature: 1, max_tokens: 24 };
			const first = await chat(endpoint, more, 'seed');
			const second = await chat(endpoint, more, 'seed');
			const [one, two] = [first, second].map(({ choices }) => choices[0]?.message.content);
			need(one === two, 'the same seed gives two different answers');
			return 'equal';
		},
	},
	{
		name: 'log-probabilities of an answer',
		clients: ['evaluations', 'promptfoo'],
		async run(endpoint) {
			const { choices } = await chat(endpoint, { logprobs: true, top_logprobs: 2, max_tokens: 4 }, 'logprobs');
			const entry = z.looseObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.number()).nullable() });
			const schema = z.looseObject({ content: z.array(entry.extend({ top_logprobs: z.array(entry) })).min(1) });
			if (choices[0]?.['logprobs'] === null || choices[0]?.['logprobs'] === undefined) {
				throw new Missing('the answer has no logprobs, though they were asked for');
			}
			return `${read(schema, choices[0]['logprobs'], 'logprobs').content.length} tokens`;
		},
	},
	{
		name: 'a repeated prompt is cached, and says so',
		clients: ['agents with long conversations'],
		async run(endpoint) {
			const messages = [{ role: 'user', content: `${'The rivers run into the sea. '.repeat(40)}Say hello.` }];
			await chat(endpoint, { messages, max_tokens: 4 }, 'cache');
			const { usage } = await chat(endpoint, { messages, max_tokens: 4 }, 'cache');
			const cached = z.looseObject({ cached_tokens: z.number() }).safeParse(usage['prompt_tokens_details']);
			if (!cached.success) throw new Missing('usage has no prompt_tokens_details.cached_tokens');
			need(cached.data.cached_tokens > 0, 'the second time, nothing was cached');
			return `${cached.data.cached_tokens} of ${usage.prompt_tokens} tokens`;
		},
	},
	{
		name: 'Responses API, with tools of other kinds',
		clients: ['Codex', 'openai responses'],
		async run({ ask, model }) {
			const body = {
				model,
				instructions: 'Be brief.',
				input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Say hello.' }] }],
				store: false,
				max_output_tokens: 16,
			};
			const tools = [{ type: 'web_search' }, { type: 'custom', name: 'apply_patch', description: 'x' }];
			const part = z.looseObject({
				type: z.literal('output_text'),
				text: z.string(),
				annotations: z.array(z.unknown()),
			});
			const message = z.looseObject({ type: z.literal('message'), id: z.string(), content: z.array(part).min(1) });
			const schema = z.looseObject({
				id: z.string(),
				object: z.literal('response'),
				status: z.string(),
				output: z.array(z.looseObject({ type: z.string() })).min(1),
				usage: z.looseObject({ input_tokens: z.number(), output_tokens: z.number() }),
			});
			const whole = read(schema, answered(await ask('/responses', { ...body, tools }), 'responses'), 'responses');
			read(
				message,
				whole.output.find(({ type }) => type === 'message'),
				'responses: output',
			);
			const streamed = await ask('/responses', { ...body, stream: true });
			const types = streamed.events.map((event) => read(z.looseObject({ type: z.string() }), event, 'responses').type);
			for (const type of ['response.created', 'response.output_item.added', 'response.output_text.delta']) {
				need(types.includes(type), `responses, streamed: no event ${type}`);
			}
			const end = types.at(-1) ?? '';
			need(['response.completed', 'response.incomplete'].includes(end), `responses, streamed: it ends with ${end}`);
			return `${types.length} events`;
		},
	},
	{
		name: 'tools in a namespace',
		clients: ['Codex'],
		async run({ ask, model }) {
			const { name, description, parameters } = weather.function;
			const tool = { type: 'function', name, description, parameters, strict: false };
			const tools = [{ type: 'namespace', name: 'city', description: 'About cities', tools: [tool] }];
			const reply = await ask('/responses', { model, input: 'Say hello.', tools, store: false, max_output_tokens: 16 });
			answered(reply, 'a namespace of tools');
			return 'taken';
		},
	},
	{
		name: 'Messages API of Anthropic',
		clients: ['Claude Code', '@anthropic-ai/sdk', '@ai-sdk/anthropic'],
		async run({ ask, model, key }) {
			const headers = { 'anthropic-version': '2023-06-01', ...(key === null ? {} : { 'x-api-key': key }) };
			const body = { model, max_tokens: 16, messages: question, system: [{ type: 'text', text: 'Be brief.' }] };
			const block = z.looseObject({ type: z.string() });
			const usage = z.looseObject({ input_tokens: z.number(), output_tokens: z.number() });
			const schema = z.looseObject({ type: z.literal('message'), content: z.array(block).min(1), usage });
			read(schema, answered(await ask('/messages', body, { headers }), 'messages'), 'messages');
			const streamed = await ask('/messages', { ...body, stream: true }, { headers });
			const start = z.looseObject({ type: z.literal('message_start'), message: z.looseObject({ usage }) });
			read(start, streamed.events[0], 'messages, streamed');
			const counted = await ask('/messages/count_tokens', body, { headers });
			read(z.looseObject({ input_tokens: z.number() }), answered(counted, 'count_tokens'), 'count_tokens');
			return 'whole, streamed and counted';
		},
	},
	{
		name: 'a header that changes with every request doesn’t empty the cache',
		clients: ['Claude Code'],
		async run({ ask, model, key }) {
			const headers = { 'anthropic-version': '2023-06-01', ...(key === null ? {} : { 'x-api-key': key }) };
			const schema = z.looseObject({ usage: z.looseObject({ cache_read_input_tokens: z.number().nullish() }) });
			let cached: number | null | undefined = null;
			for (const nonce of ['4f1c', '9a02']) {
				const system = [
					{ type: 'text', text: `x-anthropic-billing-header: cc_version=2.1.0; cch=${nonce};` },
					{ type: 'text', text: 'You are an assistant that reads and writes files. '.repeat(30) },
				];
				const reply = await ask('/messages', { model, max_tokens: 4, messages: question, system }, { headers });
				cached = read(schema, answered(reply, 'messages'), 'messages').usage.cache_read_input_tokens;
			}
			if (cached === null || cached === undefined) throw new Missing('usage has no cache_read_input_tokens');
			need(cached > 0, 'every turn is computed anew, because the first line of the system text changes');
			return `${cached} tokens cached`;
		},
	},
	{
		name: 'log-probabilities of a prompt',
		clients: ['lm-evaluation-harness (local-completions)'],
		async run({ ask, model }) {
			const body = {
				model,
				prompt: 'The capital of France is Paris.',
				max_tokens: 1,
				temperature: 0,
				echo: true,
				logprobs: 1,
			};
			const logprobs = z.looseObject({
				tokens: z.array(z.string()).min(4),
				token_logprobs: z.array(z.number().nullable()).min(4),
				top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).min(4),
			});
			const schema = z.looseObject({
				choices: z.array(z.looseObject({ text: z.string(), logprobs: logprobs.nullish() })).min(1),
			});
			const [choice] = read(schema, answered(await ask('/completions', body), 'completions'), 'completions').choices;
			if (choice?.logprobs === null || choice?.logprobs === undefined)
				throw new Missing('completions: no logprobs of the prompt');
			const tokenised = await ask('/completions', { ...body, prompt: [[1, 2, 3, 4, 5]], max_tokens: 0 });
			read(schema, answered(tokenised, 'completions with token numbers'), 'completions with token numbers');
			return `${choice.logprobs.tokens.length} tokens`;
		},
	},
	{
		name: 'embeddings',
		clients: ['openai embeddings', 'LangChain', 'Open WebUI'],
		async run({ ask, model: asked }) {
			// Language models rarely embed; the list of models may say which does.
			const { data: listed } = modelTasksSchema.safeParse((await ask('/models')).json).data ?? { data: [] };
			const model = listed.find(({ task }) => task === 'embedding')?.id ?? asked;
			const schema = z.looseObject({
				data: z.array(z.looseObject({ index: z.number(), embedding: z.array(z.number()).min(1) })).length(2),
			});
			const reply = await ask('/embeddings', { model, input: ['one', 'two'], encoding_format: 'float' });
			const { data } = read(schema, answered(reply, 'embeddings'), 'embeddings');
			const packed = await ask('/embeddings', { model, input: 'one', encoding_format: 'base64' });
			read(
				z.looseObject({ data: z.array(z.looseObject({ embedding: z.string() })) }),
				answered(packed, 'base64'),
				'embeddings as base64',
			);
			return `${data[0]?.embedding.length} dimensions`;
		},
	},
	{
		name: 'tokens of a text',
		clients: ['llama-server’s clients', 'vLLM’s clients'],
		async run({ ask, model }) {
			const schema = z.looseObject({ tokens: z.array(z.number()).min(1) });
			for (const field of ['content', 'prompt']) {
				read(
					schema,
					answered(await ask('//tokenize', { model, [field]: 'one two' }), 'tokenize'),
					`tokenize with ${field}`,
				);
			}
			return 'content and prompt';
		},
	},
	{
		name: 'Ollama’s API',
		clients: ['Ollama’s clients'],
		async run({ ask, model }) {
			const list = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });
			read(list, answered(await ask('//api/tags'), '/api/tags'), '/api/tags');
			const body = { model, messages: question, stream: false, options: { num_predict: 8 } };
			const schema = z.looseObject({ done: z.literal(true), message: z.looseObject({ content: z.string() }) });
			read(schema, answered(await ask('//api/chat', body), '/api/chat'), '/api/chat');
			return 'tags and chat';
		},
	},
];
