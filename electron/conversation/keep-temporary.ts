import type { Conversation, KeepInput, MessagePrompt } from '../contract/conversation/schema.ts';
import { transaction } from '../database/sql.ts';
import { attachToMessage } from './attachment/add-attachment.ts';
import { chooseModel } from './choose-model.ts';
import { cleanText } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { effectiveOptions, startingOptions, startingSystemPrompt } from './options.ts';
import { getConversation, insertConversation, setHead } from './store/conversations.ts';
import { completeGeneration, insertGeneration, setGenerationEngine } from './store/generations.ts';
import { insertMessage, setStatus } from './store/messages.ts';
import { writeOptions } from './store/options.ts';
import { insertRounds, roundsFromElsewhere } from './store/rounds.ts';
import { titleFromMessage } from './title.ts';

/**
 * Stores a temporary conversation with all of its branches, and the tools that it uses and may call; it can then be
 * continued like any other. Throws Failure
 * `no-model`, `model-unknown`, `disk-full`; then nothing was stored.
 */
export function keepTemporaryConversation(context: ConversationContext, input: KeepInput): Conversation {
	const { database, events, clock } = context;
	const model = chooseModel(context.models, input.modelFileId, null);
	const options = startingOptions(context, input.options);
	const { preset } = effectiveOptions(context, options, model);
	const systemPrompt = cleanText(input.systemPrompt ?? startingSystemPrompt(preset, context.settings()));
	const first = input.messages.find(({ role }) => role === 'user');
	const title = titleFromMessage(first?.content.trim() ? first.content : (first?.attachments[0]?.name ?? ''));
	const id = transaction(database, () => {
		const now = clock();
		const conversationId = insertConversation(database, {
			title,
			titleSource: 'automatic',
			systemPrompt,
			modelFileId: model.id,
			createdAt: input.messages[0]?.createdAt ?? now,
			updatedAt: now,
		});
		writeOptions(database, conversationId, { ...options, presetId: preset?.id ?? null });
		const ids = new Map<number, number>();
		for (const message of input.messages) {
			ids.set(
				message.id,
				insertKept(context, message, { conversationId, systemPrompt, prompt: options.prompt ?? null, ids }),
			);
		}
		if (input.tools !== undefined) context.tools?.chooseTools(conversationId, input.tools);
		if (input.chat !== undefined) context.tools?.keepGrants(input.chat, conversationId);
		setHead(database, conversationId, ids.get(input.headId) ?? [...ids.values()].at(-1) ?? null);
		return conversationId;
	});
	events.publish({ type: 'conversation-changed', conversationId: id });
	return getConversation(database, id);
}

function insertKept(
	{ database, models }: ConversationContext,
	{ id: _, parentId, generation, attachments, rounds = [], ...message }: KeepInput['messages'][number],
	place: {
		readonly conversationId: number;
		readonly systemPrompt: string;
		readonly prompt: MessagePrompt | null;
		readonly ids: ReadonlyMap<number, number>;
	},
): number {
	const { conversationId, systemPrompt, prompt, ids } = place;
	const messageId = insertMessage(database, {
		...message,
		status: rounds.length === 0 ? message.status : 'streaming',
		content: cleanText(message.content),
		reasoning: message.reasoning === null ? null : cleanText(message.reasoning),
		conversationId,
		parentId: parentId === null ? null : (ids.get(parentId) ?? null),
	});
	attachToMessage(database, messageId, [], attachments, message.createdAt);
	if (rounds.length > 0) {
		insertRounds(database, messageId, roundsFromElsewhere(rounds, message.createdAt));
		setStatus(database, messageId, message.status);
	}
	if (generation === null) return messageId;
	const {
		modelFileId,
		modelName,
		quantization,
		sampling,
		engineBuild,
		contextSize,
		threads,
		adapters = [],
		...numbers
	} = generation;
	const generationId = insertGeneration(database, {
		messageId,
		modelFileId: isKnown(models, modelFileId) ? modelFileId : null,
		modelName,
		quantization,
		sampling: { ...sampling, seed: sampling.seed ?? 0 },
		systemPrompt,
		prompt,
		adapters,
	});
	setGenerationEngine(database, generationId, { engineBuild, contextSize, threads });
	const { id: __, tokensPerSecond: ___, promptTokensPerSecond: ____, ...kept } = numbers;
	completeGeneration(database, generationId, { ...kept, tokenIds: [] });
	return messageId;
}

function isKnown(models: ConversationContext['models'], id: number | null): boolean {
	try {
		return id !== null && models.modelFile(id).id === id;
	} catch {
		return false;
	}
}
