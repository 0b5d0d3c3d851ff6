import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { GenerationResult, TokenScore } from '../../../models/contract/generation.ts';
import type { ToolCall } from '../../../models/contract/tools.ts';
import { answerServed, type FinishedAnswer } from '../answer-served.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import type { ServedRequest } from '../generate-served.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, errorFacts, noteError, sendJson } from '../http/errors.ts';
import { withFieldNames } from '../http/field-names.ts';
import type { RequestLog } from '../log/request-log.ts';
import { findBody, requestOfResponse } from '../log/store.ts';
import { checkOpenSchema, nameOpenSchema } from '../open-schema.ts';
import type { CallDelta } from '../read-answer.ts';
import { callFields, finishReason, grantedOf, timingsOf } from './answer-shapes.ts';
import { logprobsOf } from './logprobs.ts';
import { type ChatRequest, servedRequests } from './request.ts';
import { messagesOf, type ResponsesRequest, readResponses, responsesSchema } from './responses-request.ts';

type ResponsesContext = ServerContext & { readonly requests: RequestLog };

const idOf = (kind: string): string => `${kind}_${randomUUID().replaceAll('-', '')}`;

/** Answers `/v1/responses`. `signal` is aborted when the client leaves. Throws before anything was sent. */
export async function responses(
	context: ResponsesContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	// First of all: nothing of it is kept then, even if it is refused.
	if ((body as { store?: unknown } | null)?.store === false) context.record.forgetBody();
	const { asked, request, nameOf, warnings } = readResponses(body, (id) => messagesBefore(context, id));
	const { model, requests, openSchema } = withFieldNames(nameOf, () => servedRequests(context, request));
	nameOpenSchema(context, response, openSchema);
	const [served] = requests;
	if (served === undefined) throw new Error('a request without an answer');
	for (const warning of warnings) response.appendHeader('x-assay-warning', warning);
	const head = headOf(context, asked, request, { id: context.record.respond(idOf('resp')), model: servedId(model) });
	const check = (content: string) => checkOpenSchema(context, response, openSchema, content);
	if (asked.stream === true) await stream(context, head, served, response, signal, check);
	else {
		const answer = await answerServed(context, served, signal);
		await check(answer.content);
		sendJson(response, finishedResponse(head, served, answer, outputOf(served, answer, newIds())));
	}
}

/** Returns the messages of an earlier response with its answer. Throws HttpError 400 if they are not kept. */
function messagesBefore(context: ResponsesContext, responseId: string): ChatRequest['messages'] {
	const { database, requests, record } = context;
	requests.flush();
	// A program continues only what was asked with its own key.
	const own = { keyId: record.key?.id ?? null };
	const id = responseId.startsWith('resp_') ? requestOfResponse(database, responseId, own) : undefined;
	const body = id === undefined ? undefined : findBody(database, id);
	if (body === undefined || body.prompt === null) {
		throw badRequest(
			`previous_response_id: the texts of ${responseId} are not kept, so it can’t be continued. Send all messages as input, or let Assay keep the texts of requests, in Settings, Server.`,
			'previous_response_id',
			'previous_response_not_found',
		);
	}
	const asked = responsesSchema.parse(JSON.parse(body.request));
	const { previous_response_id: before } = asked;
	const messages = messagesOf(asked.input ?? '');
	const [answer = { content: '', calls: [] }] = body.answers;
	const calls = callFields({ calls: answer.calls });
	// A start of the answer that the client gave.
	const begun = messages.at(-1)?.role === 'assistant' ? messages.pop() : undefined;
	const start = typeof begun?.content === 'string' ? begun.content : '';
	return [
		...(before === null || before === undefined ? [] : messagesBefore(context, before)),
		...messages,
		{ role: 'assistant', content: `${start}${answer.content}`, ...calls },
	];
}

/** What every form of a response begins with. */
function headOf(
	{ clock, record }: ServerContext,
	asked: ResponsesRequest,
	request: ChatRequest,
	{ id, model }: { readonly id: string; readonly model: string },
) {
	return {
		id,
		object: 'response',
		created_at: Math.floor(clock() / 1_000),
		error: null,
		incomplete_details: null,
		instructions: asked.instructions ?? null,
		max_output_tokens: asked.max_output_tokens ?? null,
		metadata: asked.metadata ?? {},
		model,
		parallel_tool_calls: asked.parallel_tool_calls ?? true,
		previous_response_id: asked.previous_response_id ?? null,
		reasoning: { effort: null, summary: null },
		/** Whether `previous_response_id` can name it. */
		store: record.keepsBody,
		temperature: asked.temperature ?? null,
		text: { format: asked.text?.format ?? { type: 'text' } },
		tool_choice: asked.tool_choice ?? 'auto',
		tools: asked.tools ?? [],
		top_logprobs: request.top_logprobs ?? 0,
		top_p: asked.top_p ?? null,
		truncation: 'disabled',
		user: null,
	};
}

type Head = ReturnType<typeof headOf>;

interface ItemIds {
	readonly reasoning: string;
	readonly message: string;
	/** Of the call with this index. */
	call(index: number): string;
}

function newIds(): ItemIds {
	const calls: string[] = [];
	return {
		reasoning: idOf('rs'),
		message: idOf('msg'),
		call(index) {
			calls[index] ??= idOf('fc');
			return calls[index];
		},
	};
}

const textPart = (text: string, logprobs: readonly object[] = []) => ({
	type: 'output_text',
	text,
	annotations: [],
	logprobs,
});

const reasoningPart = (text: string) => ({ type: 'reasoning_text', text });

const scoresOf = (served: ServedRequest, scores: readonly TokenScore[]) => logprobsOf(served, scores)?.content ?? [];

function reasoningItem(id: string, text: string | null) {
	return {
		id,
		type: 'reasoning',
		status: text === null ? 'in_progress' : 'completed',
		summary: [],
		content: text === null ? [] : [reasoningPart(text)],
	};
}

function messageItem(
	id: string,
	content: readonly object[] | null,
	status = content === null ? 'in_progress' : 'completed',
) {
	return { id, type: 'message', status, role: 'assistant', content: content ?? [] };
}

function callItem(id: string, { id: callId, name, arguments: json }: ToolCall, status: string) {
	return { id, type: 'function_call', status, call_id: callId, name, arguments: json };
}

/** The items of an answer. */
function outputOf(
	served: ServedRequest,
	{ content, reasoning, scores, result, calls }: FinishedAnswer,
	ids: ItemIds,
): object[] {
	const status = finishReason(result) === 'length' ? 'incomplete' : 'completed';
	return [
		...(reasoning === '' ? [] : [reasoningItem(ids.reasoning, reasoning)]),
		...(content === '' && calls.length > 0
			? []
			: [messageItem(ids.message, [textPart(content, scoresOf(served, scores))], status)]),
		...calls.map((call, index) => callItem(ids.call(index), call, 'completed')),
	];
}

function usageOf({ promptTokens, cachedTokens, completionTokens }: GenerationResult) {
	return {
		input_tokens: promptTokens,
		input_tokens_details: { cached_tokens: cachedTokens },
		output_tokens: completionTokens,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: promptTokens + completionTokens,
	};
}

function finishedResponse(head: Head, served: ServedRequest, { result }: FinishedAnswer, output: readonly object[]) {
	const isCut = finishReason(result) === 'length';
	return {
		...head,
		status: isCut ? 'incomplete' : 'completed',
		incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
		output,
		usage: usageOf(result),
		timings: timingsOf(result),
		...grantedOf([served], [result]),
	};
}

/** An item of a stream that is being written. */
type OpenItem =
	| {
			readonly kind: 'reasoning' | 'message';
			readonly id: string;
			readonly index: number;
			text: string;
			readonly logprobs: object[];
	  }
	| {
			readonly kind: 'call';
			readonly id: string;
			readonly index: number;
			text: string;
			readonly call: Pick<ToolCall, 'id' | 'name'>;
	  };

async function stream(
	context: ServerContext,
	head: Head,
	served: ServedRequest,
	response: ServerResponse,
	signal: AbortSignal,
	check: (content: string) => Promise<void>,
): Promise<void> {
	const events = openAnswerStream(response, 'openai');
	const ids = newIds();
	let sequence = 0;
	function send(type: string, data: object): void {
		events.send({ type, sequence_number: sequence, ...data }, type);
		sequence += 1;
	}
	/** The item being written, with its text so far. */
	let open: OpenItem | null = null;
	let began = false;
	function begin(): void {
		if (began) return;
		began = true;
		const unfinished = { ...head, status: 'in_progress', output: [], usage: null };
		send('response.created', { response: unfinished });
		send('response.in_progress', { response: unfinished });
	}
	function end(status = 'completed'): void {
		if (open === null) return;
		const { index, text } = open;
		const at = { item_id: open.id, output_index: index };
		let item: object;
		if (open.kind === 'call') {
			send('response.function_call_arguments.done', { ...at, name: open.call.name, arguments: text });
			item = callItem(open.id, { ...open.call, arguments: text }, status);
		} else {
			const isMessage = open.kind === 'message';
			const part = isMessage ? textPart(text, open.logprobs) : reasoningPart(text);
			if (isMessage) send('response.output_text.done', { ...at, content_index: 0, text, logprobs: open.logprobs });
			else send('response.reasoning_text.done', { ...at, content_index: 0, text });
			send('response.content_part.done', { ...at, content_index: 0, part });
			item = isMessage ? messageItem(open.id, [part], status) : reasoningItem(open.id, text);
		}
		send('response.output_item.done', { output_index: index, item });
		open = null;
	}
	let written = 0;
	function start(kind: 'reasoning' | 'message'): OpenItem {
		begin();
		if (open?.kind === kind) return open;
		end();
		const started: OpenItem = { kind, id: ids[kind], index: written, text: '', logprobs: [] };
		open = started;
		written += 1;
		const item = kind === 'message' ? messageItem(started.id, null) : reasoningItem(started.id, null);
		send('response.output_item.added', { output_index: started.index, item });
		send('response.content_part.added', {
			...{ item_id: started.id, output_index: started.index, content_index: 0 },
			part: kind === 'message' ? textPart('') : reasoningPart(''),
		});
		return started;
	}
	function write(kind: 'reasoning' | 'message', text: string, logprobs: readonly object[]): void {
		const item = start(kind);
		if (item.kind === 'call') return;
		item.text += text;
		item.logprobs.push(...logprobs);
		if (text === '') return;
		const at = { item_id: item.id, output_index: item.index, content_index: 0 };
		if (kind === 'message') send('response.output_text.delta', { ...at, delta: text, logprobs });
		else send('response.reasoning_text.delta', { ...at, delta: text });
	}
	function writeCall({ index, id, name, arguments: json }: CallDelta): void {
		begin();
		if (id !== undefined && name !== undefined) {
			end();
			open = { kind: 'call', id: ids.call(index), index: written, text: '', call: { id, name } };
			written += 1;
			const item = callItem(open.id, { id, name, arguments: '' }, 'in_progress');
			send('response.output_item.added', { output_index: open.index, item });
		}
		if (open?.kind !== 'call' || json === '') return;
		open.text += json;
		send('response.function_call_arguments.delta', { item_id: open.id, output_index: open.index, delta: json });
	}
	try {
		let sent = 0;
		const answer = await answerServed(context, served, signal, {
			onProgress: events.waitingFor,
			onPrompt: begin,
			onParts({ content, reasoning, calls }, scores) {
				sent += scores.length;
				if (reasoning !== '') write('reasoning', reasoning, []);
				if (content !== '') write('message', content, scoresOf(served, scores));
				for (const call of calls) writeCall(call);
			},
		});
		await check(answer.content);
		if (answer.content !== '' || answer.calls.length === 0) {
			if (open === null || (open as OpenItem).kind === 'message') {
				write('message', '', scoresOf(served, answer.scores.slice(sent)));
			}
		}
		end(finishReason(answer.result) === 'length' ? 'incomplete' : 'completed');
		const finished = finishedResponse(head, served, answer, outputOf(served, answer, ids));
		send(`response.${finished.status}`, { response: finished });
		events.finish();
	} catch (error) {
		if (signal.aborted) return;
		if (!began || !response.headersSent) return events.fail(error);
		const facts = errorFacts(error);
		noteError(response, facts);
		const { code, message } = facts;
		send('response.failed', {
			response: {
				...head,
				status: 'failed',
				error: { code: code ?? 'server_error', message },
				output: [],
				usage: null,
			},
		});
		events.finish();
	}
}
