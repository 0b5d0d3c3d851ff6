import { setTimeout as sleep } from 'node:timers/promises';
import {
	type CallToolResult,
	CLIENT_CAPABILITIES_META_KEY,
	type ClientCapabilities,
	completable,
	createRequestStateCodec,
	type ElicitRequestFormParams,
	type InputRequests,
	type InputRequiredResult,
	McpServer,
	ResourceTemplate,
	type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/** A red pixel, and a silence. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const codec = createRequestStateCodec<string>({ key: 'a key of thirty-two bytes or more, for tests' });

const said = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

function form(message: string, properties: Record<string, unknown>, required: string[] = []) {
	const requestedSchema = { type: 'object', properties, required } as ElicitRequestFormParams['requestedSchema'];
	return { method: 'elicitation/create' as const, params: { mode: 'form' as const, message, requestedSchema } };
}

const nameForm = form('What is your name?', { name: { type: 'string' } }, ['name']);

const sampling = (text: string, maxTokens: number) => ({
	method: 'sampling/createMessage' as const,
	params: { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }], maxTokens },
});

const roots = { method: 'roots/list' as const, params: {} };

function asking(inputRequests: InputRequests, requestState?: string): InputRequiredResult {
	return { resultType: 'input_required', inputRequests, ...(requestState === undefined ? {} : { requestState }) };
}

/** What the client answered to a question of the round before; undefined: nothing that has the content. */
function answerTo({ mcpReq }: ServerContext, key: string): Record<string, unknown> | undefined {
	const answer = mcpReq.inputResponses?.[key];
	return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined;
}

function contentOf(context: ServerContext, key: string): Record<string, unknown> | undefined {
	const { action, content } = answerTo(context, key) ?? {};
	return action === 'accept' && typeof content === 'object' ? (content as Record<string, unknown>) : undefined;
}

/**
 * The tools, resources and prompts that the conformance suite asks a server for. They are not Assay's: with them, the suite
 * examines the transports that Assay's own tools are served by.
 */
export function everythingServer(): McpServer {
	const server = new McpServer(
		{ name: 'everything', version: '1.0.0' },
		{
			capabilities: { logging: {}, completions: {}, resources: { subscribe: true }, tools: {}, prompts: {} },
			requestState: { verify: codec.verify },
		},
	);
	offerContents(server);
	offerConversation(server);
	offerRounds(server);
	offerResources(server);
	offerPrompts(server);
	return server;
}

function offerContents(server: McpServer): void {
	const tool = (name: string, work: (context: ServerContext) => Promise<CallToolResult>) =>
		server.registerTool(name, { description: name }, (context: ServerContext) => work(context));
	tool('test_simple_text', async () => said('This is a simple text response for testing.'));
	tool('test_image_content', async () => ({ content: [{ type: 'image', data: png, mimeType: 'image/png' }] }));
	tool('test_audio_content', async () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }));
	const embedded = { uri: 'test://embedded-resource', mimeType: 'text/plain' };
	tool('test_embedded_resource', async () => ({
		content: [{ type: 'resource', resource: { ...embedded, text: 'This is an embedded resource content.' } }],
	}));
	const mixed = { uri: 'test://mixed-content-resource', mimeType: 'application/json' };
	tool('test_multiple_content_types', async () => ({
		content: [
			{ type: 'text', text: 'Multiple content types test:' },
			{ type: 'image', data: png, mimeType: 'image/png' },
			{ type: 'resource', resource: { ...mixed, text: JSON.stringify({ test: 'data', value: 123 }) } },
		],
	}));
	tool('test_error_handling', async () => {
		throw new Error('This tool intentionally returns an error for testing');
	});
	tool('test_tool_with_logging', async ({ mcpReq }) => {
		for (const text of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
			await mcpReq.log('info', text);
			await sleep(50);
		}
		return said('Logged three times.');
	});
	tool('test_logging_tool', async ({ mcpReq }) => {
		await mcpReq.log('info', 'A message for whoever wants messages');
		return said('Logged.');
	});
	tool('test_tool_with_progress', async ({ mcpReq }) => {
		const progressToken = mcpReq._meta?.progressToken;
		for (const progress of [0, 50, 100]) {
			if (progressToken !== undefined) {
				const params = { progressToken, progress, total: 100 };
				await mcpReq.notify({ method: 'notifications/progress', params });
			}
			await sleep(50);
		}
		return said('Done.');
	});
}

/** Tools that ask the client within a call, as the older protocol does. */
function offerConversation(server: McpServer): void {
	server.registerTool(
		'test_sampling',
		{ description: 'test_sampling', inputSchema: z.object({ prompt: z.string() }) },
		async ({ prompt }, { mcpReq }) => {
			const { content } = await mcpReq.requestSampling(sampling(prompt, 100).params);
			return said(`LLM response: ${JSON.stringify(content)}`);
		},
	);
	server.registerTool(
		'test_elicitation',
		{ description: 'test_elicitation', inputSchema: z.object({ message: z.string() }) },
		async ({ message }, { mcpReq }) => {
			const text = (description: string) => ({ type: 'string', description });
			const properties = { username: text('User’s response'), email: text('User’s email address') };
			const answer = await mcpReq.elicitInput(form(message, properties, ['username', 'email']).params);
			return said(`User response: ${JSON.stringify(answer)}`);
		},
	);
	const elicit = (name: string, properties: Record<string, unknown>) =>
		server.registerTool(name, { description: name }, async ({ mcpReq }: ServerContext) => {
			const { action, content } = await mcpReq.elicitInput(form('Please choose', properties).params);
			return said(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
		});
	elicit('test_elicitation_sep1034_defaults', {
		name: { type: 'string', default: 'John Doe' },
		age: { type: 'integer', default: 30 },
		score: { type: 'number', default: 95.5 },
		status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
		verified: { type: 'boolean', default: true },
	});
	const titled = (word: string) => [
		{ const: 'value1', title: `First ${word}` },
		{ const: 'value2', title: `Second ${word}` },
		{ const: 'value3', title: `Third ${word}` },
	];
	const options = ['option1', 'option2', 'option3'];
	elicit('test_elicitation_sep1330_enums', {
		untitledSingle: { type: 'string', enum: options },
		titledSingle: { type: 'string', oneOf: titled('Option') },
		legacyEnum: {
			type: 'string',
			enum: ['opt1', 'opt2', 'opt3'],
			enumNames: ['Option One', 'Option Two', 'Option Three'],
		},
		untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
		titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
	});
}

/** Tools that ask the client between rounds, as the protocol of 2026 does. */
function offerRounds(server: McpServer): void {
	const tool = (name: string, work: (context: ServerContext) => Promise<CallToolResult | InputRequiredResult>) =>
		server.registerTool(name, { description: name }, (context: ServerContext) => work(context));
	for (const name of ['test_input_required_result_elicitation', 'test_streaming_elicitation']) {
		tool(name, async (context) => {
			const given = contentOf(context, 'user_name');
			return typeof given?.name === 'string' ? said(`Hello, ${given.name}!`) : asking({ user_name: nameForm });
		});
	}
	const question = sampling('What is the capital of France?', 100);
	for (const name of ['test_input_required_result_sampling', 'test_missing_capability']) {
		tool(name, async (context) => {
			const given = answerTo(context, 'capital_question');
			return given === undefined ? asking({ capital_question: question }) : said(JSON.stringify(given.content));
		});
	}
	tool('test_input_required_result_list_roots', async (context) => {
		const given = answerTo(context, 'client_roots');
		return given === undefined ? asking({ client_roots: roots }) : said(JSON.stringify(given.roots));
	});
	for (const name of ['test_input_required_result_request_state', 'test_input_required_result_tampered_state']) {
		tool(name, async (context) => {
			const confirm = form('Please confirm', { ok: { type: 'boolean' } }, ['ok']);
			const state = context.mcpReq.requestState<string>();
			if (contentOf(context, 'confirm') !== undefined && state === 'asked') return said('state-ok');
			return asking({ confirm }, await codec.mint('asked', context));
		});
	}
	tool('test_input_required_result_multiple_inputs', async (context) => {
		const questions = { user_name: nameForm, greeting: sampling('Generate a greeting', 50), client_roots: roots };
		const missing = Object.entries(questions).filter(([key]) => answerTo(context, key) === undefined);
		if (missing.length === 0) return said('All three are here.');
		return asking(Object.fromEntries(missing), await codec.mint('asked', context));
	});
	tool('test_input_required_result_multi_round', async (context) => {
		const state = context.mcpReq.requestState<string>();
		if (state === 'second' && contentOf(context, 'step2') !== undefined) return said('Both rounds are done.');
		if (state === 'first' && contentOf(context, 'step1') !== undefined) {
			const step2 = form('Step 2: What is your favorite color?', { color: { type: 'string' } }, ['color']);
			return asking({ step2 }, await codec.mint('second', context));
		}
		const step1 = form('Step 1: What is your name?', { name: { type: 'string' } }, ['name']);
		return asking({ step1 }, await codec.mint('first', context));
	});
	tool('test_input_required_result_capabilities', async ({ mcpReq }) => {
		const envelope: Readonly<Record<string, unknown>> = { ...mcpReq.envelope };
		const able = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as ClientCapabilities;
		return asking({
			...(able.sampling === undefined ? {} : { question }),
			...(able.elicitation === undefined ? {} : { name: nameForm }),
		});
	});
}

function offerResources(server: McpServer): void {
	const text = (uri: string, content: string, mimeType = 'text/plain') => ({
		contents: [{ uri, mimeType, text: content }],
	});
	server.registerResource('static-text', 'test://static-text', { mimeType: 'text/plain' }, ({ href }) =>
		text(href, 'This is the content of the static text resource.'),
	);
	server.registerResource('static-binary', 'test://static-binary', { mimeType: 'image/png' }, ({ href }) => ({
		contents: [{ uri: href, mimeType: 'image/png', blob: png }],
	}));
	server.registerResource('watched', 'test://watched-resource', {}, ({ href }) => text(href, 'Watched.'));
	server.registerResource(
		'template',
		new ResourceTemplate('test://template/{id}/data', { list: undefined }),
		{ mimeType: 'application/json' },
		({ href }, { id }) =>
			text(href, JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }), 'application/json'),
	);
	for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const) {
		server.server.setRequestHandler(method, async () => ({}));
	}
}

function offerPrompts(server: McpServer): void {
	const user = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } });
	server.registerPrompt('test_simple_prompt', { description: 'Simple' }, () => ({
		messages: [user('This is a simple prompt for testing.')],
	}));
	const complete = (value: string) => ['paris', 'park', 'party'].filter((word) => word.startsWith(value));
	server.registerPrompt(
		'test_prompt_with_arguments',
		{
			description: 'With arguments',
			argsSchema: z.object({ arg1: completable(z.string(), complete), arg2: z.string() }),
		},
		({ arg1, arg2 }) => ({ messages: [user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
	);
	server.registerPrompt(
		'test_prompt_with_embedded_resource',
		{ description: 'With a resource', argsSchema: z.object({ resourceUri: z.string() }) },
		({ resourceUri: uri }) => {
			const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
			const content = { type: 'resource' as const, resource };
			return { messages: [{ role: 'user', content }, user('Please process the embedded resource above.')] };
		},
	);
	server.registerPrompt('test_prompt_with_image', { description: 'With an image' }, () => {
		const content = { type: 'image' as const, data: png, mimeType: 'image/png' };
		return { messages: [{ role: 'user', content }, user('Please analyze the image above.')] };
	});
	server.registerPrompt(
		'test_input_required_result_prompt',
		{ description: 'Asks first' },
		(context: ServerContext) => {
			const given = contentOf(context, 'user_context');
			const question = form('What context should the prompt use?', { context: { type: 'string' } }, ['context']);
			return given === undefined ? asking({ user_context: question }) : { messages: [user(String(given.context))] };
		},
	);
}
