import { Failure } from '../../../models/contract/failure.ts';
import type { AnswerOptions, Preset, PresetInput } from '../../contract/conversation/options.ts';
import type { Conversation } from '../../contract/conversation.ts';
import { transaction } from '../../database/sql.ts';
import { createPreset, deletePreset, getPreset, updatePreset } from '../../settings/presets/presets.ts';
import type { ConversationContext } from '../context.ts';
import { getConversation, setSystemPrompt } from '../store/conversations.ts';
import { cleanText, oneLine } from '../text/clean-text.ts';
import { answerGrammar } from './answer-grammar.ts';
import { conversationsWithPreset, readOptions, writeOptions } from './store.ts';

export interface ChangedOptions {
	readonly conversation: Conversation;
	readonly options: AnswerOptions;
}

/** Replaces a conversation's own choices; its preset stays. Throws Failure `conversation-unknown`, `schema-invalid`, `schema-unsupported`. */
export function setOptions(
	context: ConversationContext,
	id: number,
	choices: Omit<AnswerOptions, 'presetId'>,
): ChangedOptions {
	answerGrammar(choices.answerFormat);
	return change(context, id, () =>
		writeOptions(context.database, id, { presetId: readOptions(context.database, id).presetId, ...choices }),
	);
}

/**
 * Puts a preset in charge: its system prompt is copied, because a conversation keeps the prompt it was held under, and
 * its numbers hold from now on in place of the conversation's own. A preset without a system prompt leaves it as it is,
 * and so does null: no preset.
 * Throws Failure `conversation-unknown`, `preset-unknown`.
 */
export function applyPreset(context: ConversationContext, id: number, presetId: number | null): ChangedOptions {
	const preset = presetId === null ? null : getPreset(context.database, presetId);
	return change(context, id, () => {
		const { answerFormat } = readOptions(context.database, id);
		writeOptions(context.database, id, { presetId, sampling: {}, contextSize: null, answerFormat });
		if (preset !== null && preset.systemPrompt !== '') setSystemPrompt(context.database, id, preset.systemPrompt);
	});
}

/** Throws Failure `preset-name-taken`, `preset-name-empty`. */
export function addPreset(context: ConversationContext, input: PresetInput): Preset {
	const preset = createPreset(context.database, cleaned(input), context.clock());
	context.events.publish({ type: 'presets-changed' });
	return preset;
}

/** Replaces all of a preset. Throws Failure `preset-unknown` and what `addPreset` throws. */
export function changePreset(context: ConversationContext, id: number, input: PresetInput): Preset {
	const preset = updatePreset(context.database, id, cleaned(input), context.clock());
	context.events.publish({ type: 'presets-changed' });
	return preset;
}

/**
 * Removes a preset. Conversations that use it answer as before: what came from it becomes their own. Returns how many.
 * Throws Failure `preset-unknown`.
 */
export function removePreset(context: ConversationContext, id: number): number {
	const { database, events } = context;
	const preset = getPreset(database, id);
	const using = transaction(database, () => {
		const ids = conversationsWithPreset(database, id);
		for (const conversationId of ids) {
			const own = readOptions(database, conversationId);
			writeOptions(database, conversationId, {
				presetId: null,
				sampling: { ...preset.sampling, ...own.sampling },
				contextSize: own.contextSize ?? preset.contextSize,
				answerFormat: own.answerFormat,
			});
		}
		deletePreset(database, id);
		return ids;
	});
	events.publish({ type: 'presets-changed' });
	for (const conversationId of using) events.publish({ type: 'conversation-changed', conversationId });
	return using.length;
}

function cleaned(input: PresetInput): PresetInput {
	const name = oneLine(input.name);
	if (name === '') {
		throw new Failure({ code: 'preset-name-empty', message: 'The preset has no name.', next: ['Give it a name'] });
	}
	return { ...input, name, systemPrompt: cleanText(input.systemPrompt) };
}

function change(context: ConversationContext, id: number, write: () => void): ChangedOptions {
	const { database, events } = context;
	getConversation(database, id);
	transaction(database, write);
	events.publish({ type: 'conversation-changed', conversationId: id });
	return { conversation: getConversation(database, id), options: readOptions(database, id) };
}
