import { z } from 'zod';
import { correctAnswer, rateAnswer } from '../feedback/record.ts';
import type { ServerContext } from './context.ts';
import { HttpError } from './http/errors.ts';
import { parseBody } from './http/parse-body.ts';
import { openRequest } from './log/history.ts';
import type { RequestLog } from './log/request-log.ts';
import { keepAnswer } from './log/save-as-conversation.ts';
import { requestOfResponse } from './log/store.ts';

/** What a person says of an answer. */
export const feedbackSchema = z.object({
	/** Id of the answer: "chatcmpl-…", "msg_…", "resp_…". */
	response_id: z.string().min(1).max(200),
	/** null takes a rating back. */
	rating: z.enum(['up', 'down']).nullish(),
	tags: z.array(z.string().trim().min(1).max(60)).max(16).nullish(),
	comment: z.string().max(100_000).nullish(),
	/** What the answer should have been; null takes it back. */
	correction: z.string().max(1_000_000).nullish(),
});

/**
 * Answers `/v1/feedback`: stores it where the thumbs of chats are, with the exact prompt and answer if texts were kept when
 * the answer was given. Throws HttpError 404, 400.
 */
export function takeFeedback(
	context: Pick<ServerContext, 'database' | 'events' | 'clock' | 'settings'> & { readonly requests: RequestLog },
	sent: unknown,
) {
	const { response_id: responseId, rating, tags, comment, correction } = parseBody(feedbackSchema, sent);
	if (rating === undefined && correction === undefined) {
		throw new HttpError(400, 'Send a rating ("up", "down" or null), a correction, or both.', { param: 'rating' });
	}
	context.requests.flush();
	const id = requestOfResponse(context.database, responseId);
	if (id === undefined) {
		throw new HttpError(404, `There is no answer ${responseId}. It may not have ended yet.`, {
			param: 'response_id',
			code: 'response_not_found',
		});
	}
	const { request, body } = openRequest(context, id);
	// Texts that are kept for a day only don't become permanent because a program rates them.
	const kept = context.settings().serverKeepBodies === 'always' ? body : null;
	const messageId = keepAnswer(context, request, kept, true);
	let feedback = null;
	if (rating !== undefined) {
		feedback = rateAnswer(context, { messageId, rating, tags: tags ?? [], comment: comment ?? null });
	}
	if (correction !== undefined) feedback = correctAnswer(context, { messageId, correction });
	return {
		object: 'feedback',
		response_id: responseId,
		rating: feedback?.rating ?? null,
		tags: feedback?.tags ?? [],
		comment: feedback?.comment ?? null,
		correction: feedback?.correction ?? null,
		/** Whether the prompt and the answer were kept for it. */
		prompt_kept: kept !== null && kept.prompt !== null,
	};
}
