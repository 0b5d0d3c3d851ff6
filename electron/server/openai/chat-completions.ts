import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import { allOrNone } from '../all-or-none.ts';
import { answerServed } from '../answer-served.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import type { ServedRequest } from '../generate-served.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { sendJson } from '../http/errors.ts';
import { checkOpenSchema, nameOpenSchema } from '../open-schema.ts';
import {
	callDeltas,
	callFields,
	finishReason,
	grantedOf,
	malformedField,
	timingsOf,
	usageOf,
} from './answer-shapes.ts';
import { logprobsOf } from './logprobs.ts';
import { parseChatRequest, servedRequests } from './request.ts';

/** Checks a finished answer where a grammar could not. */
type CheckAnswer = (content: string) => Promise<void>;

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
	const { model, requests, openSchema } = servedRequests(context, request);
	nameOpenSchema(context, response, openSchema);
	const check = (content: string) => checkOpenSchema(context, response, openSchema, content);
	const reply: Reply = {
		id: context.record.respond(`chatcmpl-${randomUUID()}`),
		created: Math.floor(context.clock() / 1_000),
		model: servedId(model),
	};
	if (request.stream === true) {
		await stream(context, reply, requests, response, signal, request.stream_options?.include_usage === true, check);
	} else await whole(context, reply, requests, response, signal, check);
}

async function whole(
	context: ServerContext,
	{ id, created, model }: Reply,
	requests: readonly ServedRequest[],
	response: ServerResponse,
	signal: AbortSignal,
	check: CheckAnswer,
): Promise<void> {
	const answers = await allOrNone(
		signal,
		requests.map((request) => (either) => answerServed(context, request, either)),
	);
	for (const { content } of answers) await check(content);
	const [first] = answers;
	sendJson(response, {
		id,
		object: 'chat.completion',
		created,
		model,
		choices: answers.map(({ content, reasoning, result, scores, ...answer }, index) => ({
			index,
			message: {
				role: 'assistant',
				// Clients expect null beside calls.
				content: content === '' && answer.calls.length > 0 ? null : content,
				...(reasoning === '' ? {} : { reasoning_content: reasoning }),
				...callFields(answer),
			},
			logprobs: logprobsOf(requests[index], scores),
			finish_reason: finishReason(result, answer),
			...malformedField(answer.malformed),
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
	check: CheckAnswer,
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
	async function send(request: ServedRequest, index: number, either: AbortSignal): Promise<GenerationResult> {
		let role: object = { role: 'assistant' };
		let sent = 0;
		const {
			result,
			scores,
			content: text,
			...answer
		} = await answerServed(context, request, either, {
			onProgress: events.waitingFor,
			onParts({ content, reasoning, calls }, fresh) {
				// As OpenAI's streams begin: its own client counts the log-probabilities of a first chunk twice.
				if (request.logprobs !== undefined && 'role' in role) {
					chunk([choice(index, { ...role, content: '' }, null)]);
					role = {};
				}
				const delta = {
					...role,
					...(reasoning === '' ? {} : { reasoning_content: reasoning }),
					...(content === '' ? {} : { content }),
					...callDeltas(calls),
				};
				role = {};
				sent += fresh.length;
				chunk([choice(index, delta, logprobsOf(request, fresh))]);
			},
		});
		await check(text);
		const rest = scores.slice(sent);
		const logprobs = rest.length === 0 ? null : logprobsOf(request, rest);
		chunk([{ ...choice(index, role, logprobs, finishReason(result, answer)), ...malformedField(answer.malformed) }], {
			timings: timingsOf(result),
			...grantedOf([request], [result]),
		});
		return result;
	}
	try {
		const results = await allOrNone(
			signal,
			requests.map((request, index) => (either) => send(request, index, either)),
		);
		if (withUsage) chunk([], { usage: usageOf(results) });
		events.finish('data: [DONE]\n\n');
	} catch (error) {
		if (!signal.aborted) events.fail(error);
	}
}
