import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import { answerServed } from '../answer-served.ts';
import { withEngine } from '../choose-by-kind.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { fieldNames, withFieldNames } from '../http/field-names.ts';
import { parseBody } from '../http/parse-body.ts';
import { parseChatRequest, servedRequests } from '../openai/request.ts';

const blockSchema = z.looseObject({ type: z.string(), text: z.string().optional() });

const toolSchema = z.looseObject({
	name: z.string().optional(),
	description: z.string().nullish(),
	input_schema: z.record(z.string(), z.unknown()).nullish(),
	/** Absent or `custom`: a function; others are Anthropic's own. */
	type: z.string().nullish(),
});

/** Kinds of blocks, other than text, that a message may contain. */
const otherBlocks = ['thinking', 'redacted_thinking', 'tool_use', 'tool_result'];

const contentSchema = z.union([z.string(), z.array(blockSchema).max(1_000)]);

/** The fields of Anthropic's Messages API that Assay knows; it ignores the others. */
export const messagesSchema = z.object({
	model: z.string().max(500).nullish(),
	max_tokens: z.int().min(1).nullish(),
	messages: z
		.array(z.looseObject({ role: z.enum(['user', 'assistant']), content: contentSchema }))
		.min(1)
		.max(10_000),
	system: contentSchema.nullish(),
	stop_sequences: z.array(z.string()).max(16).nullish(),
	stream: z.boolean().nullish(),
	temperature: z.number().nullish(),
	top_k: z.int().nullish(),
	top_p: z.number().nullish(),
	thinking: z.looseObject({ type: z.string() }).nullish(),
	tools: z.array(toolSchema).nullish(),
	tool_choice: z
		.looseObject({ type: z.string(), name: z.string().optional(), disable_parallel_tool_use: z.boolean().optional() })
		.nullish(),
});

type MessagesRequest = z.infer<typeof messagesSchema>;

/** Reads a body as a request of OpenAI's form, which the rest of the server takes. Throws HttpError. */
function read(body: unknown) {
	const asked = parseBody(messagesSchema, body);
	const system = systemText(asked.system);
	const read = asked.messages.flatMap(({ role, content }, index) => {
		const field = `messages.${index}`;
		checkBlocks(content, `${field}.content`);
		return messagesOf(role, content).map((message) => ({ field, message }));
	});
	const origins = [...(system === '' ? [] : ['system']), ...read.map(({ field }) => field)];
	const nameOf = fieldNames(origins, { stop: 'stop_sequences' });
	const chat = {
		model: asked.model,
		messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...read.map(({ message }) => message)],
		max_tokens: asked.max_tokens,
		stop: asked.stop_sequences,
		temperature: asked.temperature,
		top_k: asked.top_k,
		top_p: asked.top_p,
		tools: asked.tools?.map(functionOf),
		tool_choice: choiceOf(asked.tool_choice),
		parallel_tool_calls: asked.tool_choice?.disable_parallel_tool_use === true ? false : undefined,
	};
	return { asked, request: withFieldNames(nameOf, () => parseChatRequest(chat)), nameOf };
}

/**
 * Claude Code sends a block that changes with every request. Without it the prompts of a conversation begin alike, and
 * the prefix cache serves them.
 */
const changingBlock = /^x-anthropic-billing-header\b/i;

function systemText(system: MessagesRequest['system']): string {
	if (system === null || system === undefined) return '';
	if (typeof system === 'string') return system;
	return system
		.flatMap(({ type, text }) => (type === 'text' && text !== undefined && !changingBlock.test(text) ? [text] : []))
		.join('\n\n');
}

/** Throws HttpError for a block that Assay can't read: nothing that a client sends is left out unsaid. */
function checkBlocks(content: unknown, field: string, known = ['text', ...otherBlocks]): void {
	const read = contentSchema.nullish().safeParse(content);
	if (!read.success) throw badRequest(`${field} is neither text nor blocks.`, field);
	if (typeof read.data === 'string') return;
	for (const [at, block] of (read.data ?? []).entries()) {
		const place = `${field}.${at}`;
		if (!known.includes(block.type)) {
			throw badRequest(
				`${place}: Assay reads text only, not "${block.type.slice(0, 40)}".`,
				`${place}.type`,
				'unsupported_content',
			);
		}
		if (block.type === 'text' && block.text === undefined)
			throw badRequest(`${place}.text: a text was expected.`, `${place}.text`);
		if (block.type === 'tool_result') checkBlocks(block['content'], `${place}.content`, ['text']);
	}
}

/** Earlier reasoning is not sent to the model again, as the templates of reasoning models want it. */
function textBlocks(content: z.infer<typeof contentSchema>) {
	if (typeof content === 'string') return content;
	return content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
}

/** Returns a tool in OpenAI's form. */
function functionOf({ type, name, description, input_schema: parameters }: z.infer<typeof toolSchema>) {
	if (type !== null && type !== undefined && type !== 'custom') return { type };
	return { type: 'function', function: { name, description, parameters } };
}

function choiceOf(choice: MessagesRequest['tool_choice']) {
	if (choice === null || choice === undefined) return undefined;
	const { type, name = '' } = choice;
	if (type === 'tool') return { type: 'function', function: { name } };
	if (type === 'any') return 'required';
	return type === 'none' ? 'none' : 'auto';
}

/** Returns a message in OpenAI's form: results of tools are messages of their own, before the person's words. */
function messagesOf(role: 'user' | 'assistant', content: z.infer<typeof contentSchema>): Record<string, unknown>[] {
	if (typeof content === 'string') return [{ role, content }];
	const results = content.filter(({ type }) => type === 'tool_result');
	const uses = content.filter(({ type }) => type === 'tool_use');
	const rest = textBlocks(content.filter(({ type }) => type !== 'tool_result' && type !== 'tool_use'));
	const calls = uses.map(({ id, name, input }) => ({
		id,
		type: 'function',
		function: { name, arguments: JSON.stringify(input ?? {}) },
	}));
	return [
		...results.map(({ tool_use_id: id, content: result, is_error: failed }) => ({
			role: 'tool',
			tool_call_id: id,
			content: failed === true ? `Error: ${resultText(result)}` : resultText(result),
		})),
		...(rest.length > 0 || calls.length > 0 || results.length === 0
			? [{ role, content: rest, ...(calls.length === 0 ? {} : { tool_calls: calls }) }]
			: []),
	];
}

/** The text of a result that was checked. */
function resultText(result: unknown): string {
	const read = contentSchema.nullish().parse(result) ?? '';
	return typeof read === 'string' ? read : read.map(({ text = '' }) => text).join('\n');
}

/** Answers `/v1/messages/count_tokens`. Loads the model if necessary. */
export async function countTokens(context: ServerContext, body: unknown, signal: AbortSignal) {
	const { request, nameOf } = read(body);
	const { model, requests } = withFieldNames(nameOf, () => servedRequests(context, request));
	const { turns = [], tools, load } = requests[0] ?? {};
	const { total } = await withEngine(
		context,
		model,
		signal,
		(engine) => engine.countTokens({ turns: [...turns], texts: [], ...(tools === undefined ? {} : { tools }) }),
		load,
	);
	return { input_tokens: total };
}

/** Answers `/v1/messages`. `signal` is aborted when the client leaves. Throws before anything was sent. */
export async function messages(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const { asked, request, nameOf } = read(body);
	const { model, requests } = withFieldNames(nameOf, () => servedRequests(context, request));
	const [served] = requests;
	if (served === undefined) throw new Error('a request without an answer');
	const withThinking = asked.thinking !== null && asked.thinking !== undefined && asked.thinking.type !== 'disabled';
	const head = {
		id: context.record.respond(`msg_${randomUUID().replaceAll('-', '')}`),
		type: 'message',
		role: 'assistant',
		model: servedId(model),
	};
	if (asked.stream !== true) {
		const { content, reasoning, result, calls, malformed } = await answerServed(context, served, signal);
		sendJson(response, {
			...head,
			content: [
				...(withThinking && reasoning !== '' ? [{ type: 'thinking', thinking: reasoning, signature: '' }] : []),
				...(content === '' && calls.length > 0 ? [] : [{ type: 'text', text: content }]),
				...calls.map(({ id, name, arguments: json }) => ({ type: 'tool_use', id, name, input: inputOf(json) })),
			],
			...stopOf(result, calls.length > 0 && malformed === null),
			usage: usageOf(result),
		});
		return;
	}
	const events = openAnswerStream(response, 'anthropic');
	const send = (type: string, data: object): void => events.send({ type, ...data }, type);
	/** The block being written. */
	let open: { readonly index: number; readonly kind: 'text' | 'thinking' | 'tool_use' } | null = null;
	function begin(kind: 'text' | 'thinking'): number {
		if (open?.kind === kind) return open.index;
		const block = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
		return beginBlock(kind, block);
	}
	function beginBlock(kind: 'text' | 'thinking' | 'tool_use', block: object): number {
		const index = open === null ? 0 : open.index + 1;
		if (open !== null) send('content_block_stop', { index: open.index });
		open = { index, kind };
		send('content_block_start', { index, content_block: block });
		return index;
	}
	try {
		const { result, calls, malformed } = await answerServed(context, served, signal, {
			onProgress: events.waitingFor,
			onPrompt(promptTokens) {
				const usage = { input_tokens: promptTokens, output_tokens: 0 };
				send('message_start', { message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage } });
			},
			onParts({ content, reasoning, calls: deltas }) {
				if (withThinking && reasoning !== '') {
					send('content_block_delta', {
						index: begin('thinking'),
						delta: { type: 'thinking_delta', thinking: reasoning },
					});
				}
				if (content !== '') {
					send('content_block_delta', { index: begin('text'), delta: { type: 'text_delta', text: content } });
				}
				for (const { id, name, arguments: json } of deltas) {
					const index =
						id === undefined ? (open?.index ?? 0) : beginBlock('tool_use', { type: 'tool_use', id, name, input: {} });
					if (json === '') continue;
					send('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: json } });
				}
			},
		});
		send('content_block_stop', { index: open === null ? begin('text') : (open as { index: number }).index });
		const isCall = calls.length > 0 && malformed === null;
		send('message_delta', { delta: stopOf(result, isCall), usage: usageOf(result) });
		send('message_stop', {});
		events.finish();
	} catch (error) {
		if (!signal.aborted) events.fail(error);
	}
}

function inputOf(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return {};
	}
}

function stopOf({ stopReason, stopString }: GenerationResult, isCall: boolean) {
	if (stopReason === 'stop-string') return { stop_reason: 'stop_sequence', stop_sequence: stopString };
	const full = stopReason === 'max-tokens' || stopReason === 'context-full';
	return { stop_reason: full ? 'max_tokens' : isCall ? 'tool_use' : 'end_turn', stop_sequence: null };
}

/** Anthropic counts the cached tokens apart. */
function usageOf({ promptTokens, cachedTokens, completionTokens }: GenerationResult) {
	return {
		input_tokens: promptTokens - cachedTokens,
		cache_creation_input_tokens: 0,
		cache_read_input_tokens: cachedTokens,
		output_tokens: completionTokens,
	};
}
