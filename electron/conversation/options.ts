import { Failure } from '../../models/contract/failure.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { jsonGrammar, schemaGrammar } from '../../models/json-schema-grammar.ts';
import type {
	AnswerOptions,
	Conversation,
	Preset,
	PresetInput,
	SamplingChoices,
	SendInput,
} from '../contract/conversation/schema.ts';
import { transaction } from '../database/sql.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import { createPreset, deletePreset, findPreset, getPreset, updatePreset } from '../settings/presets.ts';
import { cleanText, oneLine } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { getConversation, setSystemPrompt } from './store/conversations.ts';
import { conversationsWithPreset, noOptions, readOptions, writeOptions } from './store/options.ts';

/** What holds in the end, once conversation, preset and settings have had their say. */
export interface EffectiveOptions {
	readonly preset: Preset | null;
	readonly sampling: Sampling;
	readonly load: AcquireOptions;
	readonly answerFormat: string | undefined;
}

export function effectiveOptions(
	context: Pick<ConversationContext, 'database' | 'settings'>,
	options: AnswerOptions,
): EffectiveOptions {
	const preset = options.presetId === null ? null : (findPreset(context.database, options.presetId) ?? null);
	const contextSize = options.contextSize ?? preset?.contextSize ?? null;
	return {
		preset,
		sampling: withChoices(withChoices(context.settings().sampling, preset?.sampling ?? {}), options.sampling),
		load: contextSize === null ? {} : { contextSize },
		answerFormat: options.answerFormat,
	};
}

/** What of a request says how the model is to be loaded. */
export function requestedLoad({
	contextSize,
	threads,
	gpu,
	gpuLayers,
}: Pick<SendInput, 'contextSize' | 'threads' | 'gpu' | 'gpuLayers'>): AcquireOptions {
	const asked = Object.entries({ contextSize, threads, gpu, gpuLayers }).filter(([, value]) => value !== undefined);
	return Object.fromEntries(asked) as AcquireOptions;
}

/** What a conversation begins with where nothing was chosen for it: the default preset, if there is one. */
export function defaultOptions(context: Pick<ConversationContext, 'database' | 'settings'>): AnswerOptions {
	const { defaultPresetId } = context.settings();
	const known = defaultPresetId !== null && findPreset(context.database, defaultPresetId) !== undefined;
	return known ? { ...noOptions, presetId: defaultPresetId } : noOptions;
}

/** `base` with what was chosen in its place. */
export function withChoices(base: Sampling, choices: SamplingChoices): Sampling {
	return { ...base, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}

/** The word for any JSON; everything else is the text of a JSON Schema. */
export const anyJson = 'json';

/** GBNF of an answer format; undefined: none. Throws Failure `schema-invalid`, `schema-unsupported`. */
export function answerGrammar(format: string | undefined): string | undefined {
	if (format === undefined || format === '') return undefined;
	return format === anyJson ? jsonGrammar() : schemaGrammar(format);
}

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
