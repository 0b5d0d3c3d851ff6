import type { ServerResponse } from 'node:http';
import type { GenerationResult, TokenScore } from '../../../models/contract/generation.ts';
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
import { callFields, finishReason, grantedOf, timingsOf } from './answer-shapes.ts';
import { logprobsOf } from './logprobs.ts';
import { type ChatRequest, servedRequests } from './request.ts';
import { createResponseEvents } from './response-events.ts';
import { callItem, type ItemIds, idOf, messageItem, newIds, reasoningItem, textPart } from './response-items.ts';
import { messagesOf, type ResponsesRequest, readResponses, responsesSchema } from './responses-request.ts';

type ResponsesContext = ServerContext & { readonly requests: RequestLog };

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

const scoresOf = (served: ServedRequest, scores: readonly TokenScore[]) => logprobsOf(served, scores)?.content ?? [];

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
	const items = createResponseEvents(events, head, ids);
	try {
		let sent = 0;
		const answer = await answerServed(context, served, signal, {
			onProgress: events.waitingFor,
			onPrompt: items.begin,
			onParts({ content, reasoning, calls }, scores) {
				sent += scores.length;
				if (reasoning !== '') items.write('reasoning', reasoning, []);
				if (content !== '') items.write('message', content, scoresOf(served, scores));
				for (const call of calls) items.writeCall(call);
			},
		});
		await check(answer.content);
		const hasMessage = answer.content !== '' || answer.calls.length === 0;
		if (hasMessage && (items.writing === null || items.writing === 'message')) {
			items.write('message', '', scoresOf(served, answer.scores.slice(sent)));
		}
		items.end(finishReason(answer.result) === 'length' ? 'incomplete' : 'completed');
		const finished = finishedResponse(head, served, answer, outputOf(served, answer, ids));
		items.send(`response.${finished.status}`, { response: finished });
		events.finish();
	} catch (error) {
		if (signal.aborted) return;
		if (!items.began || !response.headersSent) return events.fail(error);
		const facts = errorFacts(error);
		noteError(response, facts);
		const { code, message } = facts;
		items.send('response.failed', {
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
