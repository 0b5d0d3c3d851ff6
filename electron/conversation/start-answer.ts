import { randomInt } from 'node:crypto';
import type { Sampling } from '../../models/contract/sampling.ts';
import type { GenerationStart } from '../contract/conversation.ts';
import type { ModelFile } from '../contract/model.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import { createLiveAnswer } from './answer/live-answer.ts';
import { runAnswer } from './answer/run-answer.ts';
import type { ConversationContext } from './context.ts';
import { turnsOf } from './prompt.ts';
import { setHead, touch } from './store/conversations.ts';
import { insertGeneration } from './store/generations.ts';
import { insertMessage, rowsOnPath } from './store/messages.ts';
import { readMessage } from './store/thread.ts';

/** An answer that is to be written, to the message `questionId`. */
export interface NewAnswer {
	readonly conversationId: number;
	readonly questionId: number;
	readonly model: ModelFile;
	readonly systemPrompt: string;
	readonly sampling: SeededSampling;
	readonly load: AcquireOptions;
}

export type SeededSampling = Sampling & { readonly seed: number };

/** Fills in what was left open; without a seed one is drawn, so that every answer can be made again. */
export function seededSampling(
	defaults: Sampling,
	changes: { readonly [K in keyof Sampling]?: Sampling[K] | undefined } = {},
): SeededSampling {
	const given = Object.entries(changes).filter(([, value]) => value !== undefined);
	const sampling: Sampling = { ...defaults, ...Object.fromEntries(given) };
	return { ...sampling, seed: sampling.seed ?? randomInt(2 ** 32) };
}

/** Writes the rows that announce an answer: empty, and already there if the next instant is the last. In a transaction. */
export function announceAnswer({ database, clock }: ConversationContext, answer: NewAnswer): GenerationStart {
	const { conversationId, questionId, model, systemPrompt, sampling } = answer;
	const now = clock();
	const messageId = insertMessage(database, {
		conversationId,
		parentId: questionId,
		role: 'assistant',
		status: 'streaming',
		content: '',
		createdAt: now,
		completedAt: null,
	});
	const generationId = insertGeneration(database, {
		messageId,
		modelFileId: model.id,
		modelName: model.name,
		quantization: model.quantization,
		sampling,
		systemPrompt,
	});
	setHead(database, conversationId, messageId);
	touch(database, conversationId, now);
	return { conversationId, userMessageId: null, messageId, generationId };
}

/** Sets the announced answer going, and returns at once. */
export function launchAnswer(context: ConversationContext, answer: NewAnswer, start: GenerationStart): void {
	const { conversationId, questionId, model, systemPrompt, sampling, load } = answer;
	const { messageId, generationId } = start;
	const turns = [...turnsOf(systemPrompt, rowsOnPath(context.database, questionId))];
	const ids = { conversationId, messageId, generationId, modelFileId: model.id };
	const live = createLiveAnswer(ids, readMessage(context.database, messageId));
	context.answers.add(live);
	context.events.publish({ type: 'generation-started', conversationId, messageId, generationId });
	context.events.publish({ type: 'conversation-changed', conversationId });
	const request = { turns, sampling, cacheKey: `conversation-${conversationId}` };
	void runAnswer(context, live, { modelName: model.name, request, load });
}
