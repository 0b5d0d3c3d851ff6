import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import { answerServed } from '../answer-served.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import type { ServedRequest } from '../generate-served.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { sendJson } from '../http/errors.ts';
import { finishReason, grantedOf, timingsOf, usageOf } from './answer-shapes.ts';
import { logprobsOf } from './logprobs.ts';
import { parseChatRequest, servedRequests } from './request.ts';

interface Reply {
	readonly id: string;
	/** Seconds since 1970. */
	readonly created: number;
	readonly model: string;
}

/** Answers `/v1/chat/completions`. `signal` is aborted when the client leaves. Throws before anything was sent. */
export async function chatCompletions(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const request = parseChatRequest(body);
	const { model, requests } = servedRequests(context, request);
	const reply: Reply = {
		id: context.record.respond(`chatcmpl-${randomUUID()}`),
		created: Math.floor(context.clock() / 1_000),
		model: servedId(model),
	};
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
	const answers = await Promise.all(requests.map((request) => answerServed(context, request, signal)));
	const [first] = answers;
	sendJson(response, {
		id,
		object: 'chat.completion',
		created,
		model,
		choices: answers.map(({ content, reasoning, result, scores }, index) => ({
			index,
			message: { role: 'assistant', content, ...(reasoning === '' ? {} : { reasoning_content: reasoning }) },
			logprobs: logprobsOf(requests[index], scores),
			finish_reason: finishReason(result),
		})),
		usage: usageOf(answers.map(({ result }) => result)),
		...grantedOf(
			requests,
			answers.map(({ result }) => result),
		),
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
	const events = openAnswerStream(response, 'openai');
	const chunk = (choices: readonly unknown[], more: object = {}): void =>
		events.send({ id, object: 'chat.completion.chunk', created, model, choices, ...more });
	const choice = (index: number, delta: object, logprobs: object | null, reason: string | null = null) => ({
		index,
		delta,
		logprobs,
		finish_reason: reason,
	});
	async function send(request: ServedRequest, index: number): Promise<GenerationResult> {
		let role: object = { role: 'assistant' };
		let sent = 0;
		const { result, scores } = await answerServed(context, request, signal, {
			onProgress: events.waitingFor,
			onParts({ content, reasoning }, fresh) {
				const delta = {
					...role,
					...(reasoning === '' ? {} : { reasoning_content: reasoning }),
					...(content === '' ? {} : { content }),
				};
				role = {};
				sent += fresh.length;
				chunk([choice(index, delta, logprobsOf(request, fresh))]);
			},
		});
		const rest = scores.slice(sent);
		chunk([choice(index, role, rest.length === 0 ? null : logprobsOf(request, rest), finishReason(result))], {
			timings: timingsOf(result),
			...grantedOf([request], [result]),
		});
		return result;
	}
	try {
		const results = await Promise.all(requests.map(send));
		if (withUsage) chunk([], { usage: usageOf(results) });
		events.finish('data: [DONE]\n\n');
	} catch (error) {
		if (!signal.aborted) events.fail(error);
	}
}
