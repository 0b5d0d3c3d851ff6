import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { GenerationUpdate } from '../../contract/conversation/schema.ts';
import type { CallDecision } from '../../contract/conversation/steps.ts';
import { get } from '../../database/sql.ts';
import type { ConversationContext } from '../context.ts';
import { readMessage } from '../store/thread.ts';

/**
 * Yields the current answer, its updates and its end; for an answer that has ended, only the end. Subscribes before it
 * returns, so nothing before the first read is lost. Throws Failure `generation-unknown`.
 */
export function followAnswer(
	context: ConversationContext,
	generationId: number,
	signal?: AbortSignal,
): AsyncGenerator<GenerationUpdate> {
	const live = context.answers.byGeneration(generationId);
	const held = live === undefined ? undefined : context.answers.held(live);
	if (live !== undefined && held === undefined) return live.broadcast.subscribe(signal);
	return endOf(held ?? readMessage(context.database, messageOf(context, generationId)));
}

async function* endOf(
	message: Extract<GenerationUpdate, { type: 'end' }>['message'],
): AsyncGenerator<GenerationUpdate> {
	yield { type: 'snapshot', sequence: 0, message };
	yield { type: 'end', message };
}

/** Answers the question about a call that waits for permission. Returns false if it no longer waits. */
export function decideCall(
	context: ConversationContext,
	generationId: number,
	callId: string,
	decision: CallDecision,
): boolean {
	const live = context.answers.byGeneration(generationId);
	if (live === undefined) messageOf(context, generationId);
	return live?.decide(callId, decision) ?? false;
}

/** Stops an answer and waits until the engine has finished with it. Returns false if it had already ended. */
export async function stopAnswer(context: ConversationContext, generationId: number): Promise<boolean> {
	const live = context.answers.byGeneration(generationId);
	if (live === undefined) {
		messageOf(context, generationId);
		return false;
	}
	const running = context.answers.held(live) === undefined;
	live.stop();
	await live.ended;
	return running;
}

function messageOf(context: ConversationContext, generationId: number): number {
	const row = get<{ messageId: number }>(
		context.database,
		'SELECT message_id AS messageId FROM generations WHERE id = :generationId',
		{ generationId },
	);
	if (row !== undefined) return row.messageId;
	throw new Failure({
		code: 'generation-unknown',
		message: said`There is no answer with the number ${generationId}.`,
		next: [said`Reload the conversation`],
	});
}
