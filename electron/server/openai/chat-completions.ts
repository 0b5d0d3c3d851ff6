import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import { chooseServedModel, servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { generateServed, type ServedRequest } from '../generate-served.ts';
import { errorOf, sendJson } from '../http/errors.ts';
import { openEventStream } from '../http/event-stream.ts';
import { type AnswerParts, ReasoningSplitter } from '../reasoning-splitter.ts';
import { finishReason, timingsOf, usageOf } from './answer-shapes.ts';
import { cacheKeyOf, grammarOf, parseChatRequest, samplingOf, turnsOf } from './request.ts';

interface Reply {
	readonly id: string;
	/** Seconds since 1970. */
	readonly created: number;
	readonly model: string;
}

interface FinishedAnswer {
	readonly content: string;
	readonly reasoning: string;
	readonly result: GenerationResult;
}

/** Answers `/v1/chat/completions`. `signal` is aborted when the client leaves. Throws before anything was sent. */
export async function chatCompletions(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const request = parseChatRequest(body);
	const model = chooseServedModel(context, request.model ?? undefined);
	const { turns, prefill } = turnsOf(request.messages);
	const grammar = grammarOf(request);
	const asked = (answer: number): ServedRequest => ({
		model,
		turns,
		sampling: samplingOf(request, context.settings().sampling, answer),
		cacheKey: cacheKeyOf(turns),
		...(prefill === null ? {} : { prefill: { text: prefill, tokens: null } }),
		...(grammar === undefined ? {} : { grammar }),
	});
	const reply: Reply = {
		id: `chatcmpl-${randomUUID()}`,
		created: Math.floor(context.clock() / 1_000),
		model: servedId(model),
	};
	const requests = Array.from({ length: request.n ?? 1 }, (_, answer) => asked(answer));
	if (request.stream === true) {
		await stream(context, reply, requests, response, signal, request.stream_options?.include_usage === true);
	} else await whole(context, reply, requests, response, signal);
}

async function whole(
	context: ServerContext,
	{ id, created, model }: Reply,
	requests: readonly ServedRequest[],
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const answers = await Promise.all(requests.map((asked) => answerTo(context, asked, signal)));
	const [first] = answers;
	sendJson(response, {
		id,
		object: 'chat.completion',
		created,
		model,
		choices: answers.map(({ content, reasoning, result }, index) => ({
			index,
			message: { role: 'assistant', content, ...(reasoning === '' ? {} : { reasoning_content: reasoning }) },
			logprobs: null,
			finish_reason: finishReason(result),
		})),
		usage: usageOf(answers.map(({ result }) => result)),
		...(first === undefined ? {} : { timings: timingsOf(first.result) }),
	});
}

async function stream(
	context: ServerContext,
	{ id, created, model }: Reply,
	requests: readonly ServedRequest[],
	response: ServerResponse,
	signal: AbortSignal,
	withUsage: boolean,
): Promise<void> {
	const events = openEventStream(response);
	const chunk = (choices: readonly unknown[], more: object = {}): void =>
		events.send({ id, object: 'chat.completion.chunk', created, model, choices, ...more });
	const choice = (index: number, delta: object, reason: string | null = null) => ({
		index,
		delta,
		logprobs: null,
		finish_reason: reason,
	});
	try {
		const results = await Promise.all(
			requests.map(async (asked, index) => {
				let begun = false;
				const send = ({ content, reasoning }: AnswerParts): void => {
					if (content === '' && reasoning === '') return;
					chunk([
						choice(index, {
							...(begun ? {} : { role: 'assistant' }),
							...(reasoning === '' ? {} : { reasoning_content: reasoning }),
							...(content === '' ? {} : { content }),
						}),
					]);
					begun = true;
				};
				const { result } = await answerTo(context, asked, signal, send, events.waitingFor);
				if (!begun) chunk([choice(index, { role: 'assistant', content: '' })]);
				chunk([choice(index, {}, finishReason(result))], { timings: timingsOf(result) });
				return result;
			}),
		);
		if (withUsage) chunk([], { usage: usageOf(results) });
		events.finish();
	} catch (error) {
		if (!signal.aborted) events.fail(errorOf(error));
	}
}

/** Generates one answer and separates its reasoning; `onParts` gets both as they come. */
async function answerTo(
	context: ServerContext,
	asked: ServedRequest,
	signal: AbortSignal,
	onParts: (parts: AnswerParts) => void = () => {},
	onProgress: (words: string) => void = () => {},
): Promise<FinishedAnswer> {
	let splitter = new ReasoningSplitter(false);
	let content = '';
	let reasoning = '';
	function add(parts: AnswerParts): void {
		content += parts.content;
		reasoning += parts.reasoning;
		onParts(parts);
	}
	for await (const event of generateServed(context, asked, signal)) {
		switch (event.type) {
			case 'progress':
				onProgress(event.words);
				break;
			case 'prompt':
				splitter = new ReasoningSplitter(event.opensReasoning && asked.prefill === undefined);
				break;
			case 'text':
				add(splitter.push(event.text));
				break;
			case 'done':
				add(splitter.end());
				return { content, reasoning, result: event.result };
		}
	}
	throw new Error('the engine ended an answer without its result');
}
