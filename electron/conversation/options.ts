import { Failure } from '../../models/contract/failure.ts';
import { withRecommended } from '../../models/contract/recommended-sampling.ts';
import { said } from '../../models/contract/said.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import type { AdapterUse } from '../contract/adapters/schema.ts';
import { techniqueFormat } from '../contract/answer-format-name.ts';
import type { DocumentChoice } from '../contract/conversation/ledger.ts';
import type { OverflowPolicy } from '../contract/conversation/overflow.ts';
import type {
	AnswerOptions,
	Conversation,
	MessagePrompt,
	Preset,
	PresetInput,
	SamplingChoices,
	SendInput,
} from '../contract/conversation/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { Settings } from '../contract/settings/schema.ts';
import { transaction } from '../database/sql.ts';
import { type AnswerAdapters, answerAdapters, getAdapterRow } from '../library/adapters/adapters.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import { answerGrammar } from '../prompt/answer-format.ts';
import { assertApplies } from '../prompt/message-prompt.ts';
import { createPreset, deletePreset, findPreset, getPreset, updatePreset } from '../settings/presets.ts';
import { cleanText, oneLine } from './clean-text.ts';
import type { ConversationContext } from './context.ts';
import { getConversation, setSystemPrompt } from './store/conversations.ts';
import {
	conversationsWithPreset,
	noOptions,
	readOptions,
	writeDocuments,
	writeMemory,
	writeOptions,
} from './store/options.ts';

/** Effective options after conversation, preset, settings and the model's recommendation are combined. */
export interface EffectiveOptions {
	readonly preset: Preset | null;
	readonly sampling: Sampling;
	readonly load: AcquireOptions;
	readonly answerFormat: string | undefined;
	/** Applied to each message; null: none. */
	readonly prompt: MessagePrompt | null;
	/** What answers may use. */
	readonly documents: readonly DocumentChoice[];
	/** What happens once the context is full. */
	readonly overflow: OverflowPolicy;
	/** Whether answers use facts about the person; undefined: the usual, no in temporary conversations and yes in others. */
	readonly memory: boolean | undefined;
	/** Returns the LoRA adapters on the model. Throws Failure `adapter-unknown`. */
	readonly adapters: () => AnswerAdapters;
}

export function effectiveOptions(
	context: Pick<ConversationContext, 'database' | 'settings'>,
	options: AnswerOptions,
	model: ModelFile,
): EffectiveOptions {
	const preset = options.presetId === null ? null : (findPreset(context.database, options.presetId) ?? null);
	const contextSize = options.contextSize ?? preset?.contextSize ?? null;
	const usual = withRecommended(context.settings().sampling, model.recommendedSampling);
	return {
		preset,
		sampling: withChoices(withChoices(usual, preset?.sampling ?? {}), options.sampling),
		load: contextSize === null ? {} : { contextSize },
		answerFormat: options.answerFormat ?? techniqueFormat(options.prompt?.technique),
		prompt: options.prompt ?? null,
		documents: options.documents ?? [],
		overflow: options.overflow ?? preset?.overflow ?? context.settings().overflow,
		memory: options.memory,
		adapters: () => answerAdapters(context.database, options.adapters, model),
	};
}

/** Returns the load settings contained in a request. */
export function requestedLoad({
	contextSize,
	threads,
	gpu,
	gpuLayers,
}: Pick<SendInput, 'contextSize' | 'threads' | 'gpu' | 'gpuLayers'>): AcquireOptions {
	const asked = Object.entries({ contextSize, threads, gpu, gpuLayers }).filter(([, value]) => value !== undefined);
	return Object.fromEntries(asked) as AcquireOptions;
}

/**
 * Returns the options of a conversation that starts: those given, else the default preset. The preset's prompt and
 * adapters apply, unless others were chosen, or none. Throws Failure `prompt-not-for-chat`.
 */
export function startingOptions(
	context: Pick<ConversationContext, 'database' | 'settings'>,
	given: AnswerOptions | undefined,
): AnswerOptions {
	const options = given ?? defaultOptions(context);
	if (options.prompt != null) assertApplies(options.prompt);
	if (options.presetId === null) return options;
	const preset = findPreset(context.database, options.presetId);
	const prompt = options.prompt === undefined ? (preset?.prompt ?? null) : options.prompt;
	const adapters = options.adapters ?? preset?.adapters;
	return { ...options, prompt, ...(adapters === undefined ? {} : { adapters }) };
}

/**
 * Returns the system prompt of a conversation that starts. With a prompt for messages, the preset's holds even if it is
 * empty: the two were measured together.
 */
export function startingSystemPrompt(preset: Preset | null, settings: Pick<Settings, 'systemPrompt'>): string {
	if (preset?.prompt !== undefined) return preset.systemPrompt;
	return preset?.systemPrompt || settings.systemPrompt;
}

/** Returns the options of a conversation that chose none: the default preset, if there is one. */
function defaultOptions(context: Pick<ConversationContext, 'database' | 'settings'>): AnswerOptions {
	const { defaultPresetId } = context.settings();
	const known = defaultPresetId !== null && findPreset(context.database, defaultPresetId) !== undefined;
	return known ? { ...noOptions, presetId: defaultPresetId } : noOptions;
}

/** Returns `base` with the choices applied. */
export function withChoices(base: Sampling, choices: SamplingChoices): Sampling {
	return { ...base, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}

export interface ChangedOptions {
	readonly conversation: Conversation;
	readonly options: AnswerOptions;
}

/**
 * Replaces a conversation's own choices; keeps its preset, its prompt for messages, its adapters and what
 * happens once the context is full. Throws Failure `conversation-unknown`, `schema-invalid`,
 * `schema-unsupported`.
 */
export function setOptions(
	context: ConversationContext,
	id: number,
	choices: Omit<AnswerOptions, 'presetId' | 'prompt' | 'documents' | 'adapters' | 'overflow' | 'memory'>,
): ChangedOptions {
	answerGrammar(choices.answerFormat);
	return change(context, id, () => {
		const { presetId, prompt, adapters, overflow } = readOptions(context.database, id);
		writeOptions(context.database, id, { ...choices, presetId, prompt, adapters, overflow });
	});
}

/**
 * Replaces the prompt that is applied to each message; null: none. Throws Failure `conversation-unknown`,
 * `prompt-not-for-chat`.
 */
export function setMessagePrompt(
	context: ConversationContext,
	id: number,
	prompt: MessagePrompt | null,
): ChangedOptions {
	if (prompt !== null) assertApplies(prompt);
	return change(context, id, () =>
		writeOptions(context.database, id, { ...readOptions(context.database, id), prompt }),
	);
}

/** Replaces what answers may use. Throws Failure `conversation-unknown`. */
export function setDocuments(
	context: ConversationContext,
	id: number,
	documents: readonly DocumentChoice[],
): ChangedOptions {
	return change(context, id, () => writeDocuments(context.database, id, documents));
}

/** Sets whether answers use facts about the person, and messages propose some. Throws Failure `conversation-unknown`. */
export function setMemory(context: ConversationContext, id: number, memory: boolean): ChangedOptions {
	return change(context, id, () => writeMemory(context.database, id, memory));
}

/**
 * Replaces the LoRA adapters of later answers; null: those of the model's load settings. Throws Failure
 * `conversation-unknown`, `adapter-unknown`.
 */
export function setAdapters(
	context: ConversationContext,
	id: number,
	adapters: readonly AdapterUse[] | null,
): ChangedOptions {
	for (const use of adapters ?? []) getAdapterRow(context.database, use.id);
	return change(context, id, () => {
		const { adapters: _, ...options } = readOptions(context.database, id);
		writeOptions(context.database, id, adapters === null ? options : { ...options, adapters: [...adapters] });
	});
}

/**
 * Chooses what happens once the context is full; null: what the preset says, else the settings. Throws Failure
 * `conversation-unknown`.
 */
export function setOverflow(context: ConversationContext, id: number, overflow: OverflowPolicy | null): ChangedOptions {
	return change(context, id, () => {
		const { overflow: _, ...options } = readOptions(context.database, id);
		writeOptions(context.database, id, overflow === null ? options : { ...options, overflow });
	});
}

/**
 * Applies a preset: copies its prompts, because a conversation keeps the prompts it was held under, and replaces the
 * conversation's own numbers with the preset's. Without a system prompt in the preset, or with null (no preset),
 * the conversation's prompt stays. Throws Failure `conversation-unknown`, `preset-unknown`.
 */
export function applyPreset(context: ConversationContext, id: number, presetId: number | null): ChangedOptions {
	const preset = presetId === null ? null : getPreset(context.database, presetId);
	return change(context, id, () => {
		const { answerFormat } = readOptions(context.database, id);
		const prompt = preset?.prompt ?? null;
		const adapters = preset?.adapters;
		writeOptions(context.database, id, { presetId, sampling: {}, contextSize: null, answerFormat, prompt, adapters });
		const replaces = preset !== null && (preset.systemPrompt !== '' || preset.prompt !== undefined);
		if (replaces) setSystemPrompt(context.database, id, preset.systemPrompt);
	});
}

/** Throws Failure `preset-name-taken`, `preset-name-empty`, `prompt-not-for-chat`. */
export function addPreset(context: ConversationContext, input: PresetInput): Preset {
	const preset = createPreset(context.database, cleaned(input), context.clock());
	context.events.publish({ type: 'presets-changed' });
	return preset;
}

/** Replaces the whole preset. Throws Failure `preset-unknown` and what `addPreset` throws. */
export function changePreset(context: ConversationContext, id: number, input: PresetInput): Preset {
	const preset = updatePreset(context.database, id, cleaned(input), context.clock());
	context.events.publish({ type: 'presets-changed' });
	return preset;
}

/**
 * Removes a preset. Copies its values to the conversations that use it, so that they answer as before, and returns
 * their number. Throws Failure `preset-unknown`.
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
				prompt: own.prompt,
				adapters: own.adapters,
				overflow: own.overflow ?? preset.overflow,
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
		throw new Failure({
			code: 'preset-name-empty',
			message: said`The preset has no name.`,
			next: [said`Enter a name`],
		});
	}
	if (input.prompt !== undefined) assertApplies(input.prompt);
	return { ...input, name, systemPrompt: cleanText(input.systemPrompt) };
}

function change(context: ConversationContext, id: number, write: () => void): ChangedOptions {
	const { database, events } = context;
	getConversation(database, id);
	transaction(database, write);
	events.publish({ type: 'conversation-changed', conversationId: id });
	return { conversation: getConversation(database, id), options: readOptions(database, id) };
}
