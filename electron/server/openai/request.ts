import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import {
	type ChatTurn,
	type GenerateRequest,
	mostAlternatives,
	mostBiases,
} from '../../../models/contract/generation.ts';
import { withRecommended } from '../../../models/contract/recommended-sampling.ts';
import { type Sampling, samplersShape } from '../../../models/contract/sampling.ts';
import type { OpenKeyword } from '../../../models/json-schema/grammar-writer.ts';
import { lenientSchemaGrammar, objectGrammar } from '../../../models/json-schema-grammar.ts';
import { techniqueFormat } from '../../contract/answer-format-name.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { withChoices } from '../../conversation/options.ts';
import { answerGrammar } from '../../prompt/answer-format.ts';
import { applyRecipe } from '../apply-recipe.ts';
import { chooseServed, type ModelChoosing, servedAdapters } from '../choose-served-model.ts';
import type { ServedRequest } from '../generate-served.ts';
import { badRequest, type HttpError } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import { namesOfCalls, toolFieldsOf, toolUseOf } from '../tool-use.ts';

const textPartSchema = z.object({ type: z.literal('text'), text: z.string() });

const contentSchema = z.union([
	z.string(),
	z.array(z.looseObject({ type: z.string() })).max(1_000),
	z.null(),
	z.undefined(),
]);

const messageSchema = z.looseObject({ role: z.string(), content: contentSchema.optional() });

/** Absent and null are the same for OpenAI's clients. */
export const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

export const messagesSchema = z.array(messageSchema).min(1).max(10_000);

/** The fields of a request for a chat answer that Assay knows; it ignores the others. */
export const chatRequestSchema = z.object({
	model: optional(z.string().max(500)),
	messages: messagesSchema,
	stream: optional(z.boolean()),
	stream_options: optional(z.looseObject({ include_usage: optional(z.boolean()) })),
	max_tokens: optional(z.int().min(1)),
	max_completion_tokens: optional(z.int().min(1)),
	temperature: optional(samplersShape.temperature),
	top_p: optional(z.number().min(0).max(1)),
	top_k: optional(z.int().min(-1).max(1_000_000)),
	min_p: optional(samplersShape.minP),
	typical_p: optional(samplersShape.typicalP),
	top_n_sigma: optional(z.number()),
	repeat_penalty: optional(samplersShape.repeatPenalty),
	repetition_penalty: optional(samplersShape.repeatPenalty),
	presence_penalty: optional(samplersShape.presencePenalty),
	frequency_penalty: optional(samplersShape.frequencyPenalty),
	xtc_probability: optional(samplersShape.xtcProbability),
	xtc_threshold: optional(samplersShape.xtcThreshold),
	dry_multiplier: optional(samplersShape.dryMultiplier),
	dry_base: optional(samplersShape.dryBase),
	dry_allowed_length: optional(samplersShape.dryAllowedLength),
	dry_penalty_last_n: optional(z.int()),
	seed: optional(z.int()),
	stop: optional(z.union([z.string(), z.array(z.string()).max(16)])),
	n: optional(z.int().min(1).max(16)),
	response_format: optional(
		z.looseObject({
			type: z.enum(['text', 'json_object', 'json_schema']),
			json_schema: optional(z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() })),
		}),
	),
	grammar: optional(z.string().max(1_000_000)),
	logprobs: optional(z.boolean()),
	top_logprobs: optional(z.int().min(0).max(mostAlternatives)),
	logit_bias: optional(
		z
			.record(z.string().regex(/^\d{1,9}$/, 'the keys are numbers of tokens'), z.number().min(-100).max(100))
			.refine((biases) => Object.keys(biases).length <= mostBiases, `at most ${mostBiases} tokens`),
	),
	/** Computes the answer alone, so that it has the same bits whatever else is asked. Assay's own. */
	deterministic: optional(z.boolean()),
	tools: optional(z.array(z.unknown())),
	tool_choice: optional(z.unknown()),
	parallel_tool_calls: optional(z.boolean()),
	user: optional(z.string()),
	cache_prompt: optional(z.boolean()),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Reads a body. Throws HttpError, which names the field. */
export function parseChatRequest(body: unknown): ChatRequest {
	const request = parseBody(chatRequestSchema, body);
	if ((request.top_logprobs ?? 0) > 0 && request.logprobs !== true) {
		throw badRequest('top_logprobs: set logprobs to true as well.', 'top_logprobs');
	}
	return request;
}

/** Says that a field can't be followed. */
export function unsupported(param: string, message: string): HttpError {
	return badRequest(message, param, 'unsupported_parameter');
}

const roles: Readonly<Record<string, ChatTurn['role']>> = {
	system: 'system',
	developer: 'system',
	user: 'user',
	assistant: 'assistant',
	tool: 'tool',
	function: 'tool',
};

/** Returns the turns of the messages; those of a last assistant message are the start of the answer. */
export function turnsOf(messages: ChatRequest['messages']): {
	readonly turns: ChatTurn[];
	readonly prefill: string | null;
} {
	const named = namesOfCalls(messages);
	const turns = messages.map((message, index): ChatTurn => {
		const role = roles[message.role];
		if (role === undefined) {
			throw badRequest(
				`messages.${index}.role: "${message.role.slice(0, 40)}" is none of ${Object.keys(roles).join(', ')}.`,
				`messages.${index}.role`,
			);
		}
		return { role, content: textOf(message.content, index), ...toolFieldsOf(message, index, named) };
	});
	const last = turns.at(-1);
	// An assistant's message with calls waits for their results.
	if (last?.role !== 'assistant' || last.toolCalls !== undefined) return { turns, prefill: null };
	if (turns.length === 1) throw badRequest('messages: the last one has nothing to answer.', 'messages');
	return { turns: turns.slice(0, -1), prefill: last.content };
}

function textOf(content: ChatRequest['messages'][number]['content'], index: number): string {
	if (content === null || content === undefined) return '';
	if (typeof content === 'string') return content.replaceAll('\0', '\uFFFD');
	return content
		.map((part, at) => {
			const text = textPartSchema.safeParse(part);
			if (text.success) return text.data.text.replaceAll('\0', '\uFFFD');
			const field = `messages.${index}.content.${at}`;
			if (part.type === 'text') throw badRequest(`${field}.text: a text was expected.`, `${field}.text`);
			throw badRequest(
				`${field}: Assay reads text parts only, not "${part.type.slice(0, 40)}".`,
				`${field}.type`,
				'unsupported_content',
			);
		})
		.join('');
}

/** What a request says about sampling. */
export type SamplingFields = Omit<ChatRequest, 'messages' | 'logprobs' | 'top_logprobs'>;

/** Applies a request's values to the person's own defaults. */
export function samplingOf(request: SamplingFields, defaults: Sampling, answer: number): GenerateRequest['sampling'] {
	const { stop, seed } = request;
	const topK = request.top_k ?? undefined;
	const topP = request.top_p ?? undefined;
	const values = {
		temperature: request.temperature,
		// llama.cpp takes everything up to 0 as off.
		topK: topK === undefined ? undefined : Math.min(Math.max(topK, 0), 1_000),
		topP: topP === 0 ? Number.MIN_VALUE : topP,
		minP: request.min_p,
		typicalP: request.typical_p,
		topNSigma:
			request.top_n_sigma === null || request.top_n_sigma === undefined ? undefined : Math.max(request.top_n_sigma, 0),
		repeatPenalty: request.repeat_penalty ?? request.repetition_penalty,
		presencePenalty: request.presence_penalty,
		frequencyPenalty: request.frequency_penalty,
		xtcProbability: request.xtc_probability,
		xtcThreshold: request.xtc_threshold,
		dryMultiplier: request.dry_multiplier,
		dryBase: request.dry_base,
		dryAllowedLength: request.dry_allowed_length,
		dryPenaltyLastN: request.dry_penalty_last_n ?? undefined,
		maxTokens: request.max_completion_tokens ?? request.max_tokens,
	};
	const chosen = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
	const stops = typeof stop === 'string' ? [stop] : stop;
	return {
		...defaults,
		...Object.fromEntries(chosen),
		stop: stops === null || stops === undefined ? defaults.stop : stops.filter((text) => text !== ''),
		seed: seedOf(seed ?? defaults.seed, answer),
	};
}

/** A drawn seed if none is given; the answers of one request have different ones. */
function seedOf(seed: number | null, answer: number): number {
	return seed === null ? randomInt(2 ** 32) : (seed + answer) >>> 0;
}

/** A schema of which the grammar leaves something open, so that the finished answer has to be checked. */
export interface OpenSchema {
	readonly schema: Readonly<Record<string, unknown>>;
	readonly open: readonly OpenKeyword[];
}

/** Returns the grammar of a response format. Throws HttpError. */
export function grammarOf({ response_format: format, grammar }: Pick<ChatRequest, 'response_format' | 'grammar'>): {
	readonly grammar?: string;
	readonly openSchema?: OpenSchema;
} {
	if (grammar !== null && grammar !== undefined && grammar !== '') return { grammar };
	if (format?.type === 'json_object') return { grammar: objectGrammar() };
	if (format?.type !== 'json_schema') return {};
	const schema = format.json_schema?.schema;
	if (schema === undefined) throw badRequest('response_format.json_schema.schema is missing.', 'response_format');
	try {
		const { open, grammar: rules } = lenientSchemaGrammar(schema);
		return { grammar: rules, ...(open.length === 0 ? {} : { openSchema: { schema, open } }) };
	} catch (error) {
		if (error instanceof Failure) throw badRequest(`response_format: ${error.message}`, 'response_format');
		throw error;
	}
}

/**
 * Returns what is asked of the tokens and of the cache. An answer that nobody can expect a second time, because its seed is
 * drawn, reuses everything that is cached; so does one whose client says so.
 */
export function scoringOf(
	request: Omit<SamplingFields, 'max_tokens'> & Pick<ChatRequest, 'logprobs' | 'top_logprobs'>,
	defaults: Pick<Sampling, 'temperature' | 'seed'>,
): Partial<Pick<GenerateRequest, 'logprobs' | 'logitBias' | 'deterministic' | 'reusePrefix'>> {
	const biases = Object.entries(request.logit_bias ?? {}).map(([token, bias]): [number, number] => [
		Number(token),
		bias,
	]);
	return {
		...(request.logprobs === true ? { logprobs: request.top_logprobs ?? 0 } : {}),
		...(biases.length === 0 ? {} : { logitBias: biases }),
		...(request.deterministic === true ? { deterministic: true } : {}),
		...reuseOf(request, defaults),
	};
}

function reuseOf(
	{ cache_prompt: reuses, seed, temperature }: SamplingFields,
	defaults: Pick<Sampling, 'temperature' | 'seed'>,
): Pick<GenerateRequest, 'reusePrefix'> {
	if (reuses === false) return { reusePrefix: false };
	const isRepeatable = (seed ?? defaults.seed) !== null || (temperature ?? defaults.temperature) <= 0;
	return reuses === true || !isRepeatable ? { reusePrefix: 'all' } : {};
}

/**
 * Key of the prefix cache: requests that begin alike are likely turns of one conversation. Equal prefixes are found
 * under other keys too.
 */
function cacheKeyOf(turns: readonly ChatTurn[]): string {
	const first = turns.findIndex(({ role }) => role === 'user');
	const beginning = JSON.stringify(turns.slice(0, first + 1));
	return `served-${createHash('sha256').update(beginning).digest('hex').slice(0, 24)}`;
}

/**
 * Returns what the engine is asked, once for each of the answers. Throws HttpError; Failure `model-unknown`,
 * `model-ambiguous`, `no-model`.
 */
export function servedRequests(
	context: ModelChoosing,
	request: ChatRequest,
): { readonly model: ModelFile; readonly requests: readonly ServedRequest[]; readonly openSchema: OpenSchema | null } {
	const { model, recipe } = chooseServed(context, request.model ?? undefined);
	const { turns: given, prefill } = turnsOf(request.messages);
	const turns = applyRecipe(recipe, given);
	const tools = toolUseOf(request);
	// The recipe's format applies unless the request sets its own; a grammar can't start in the middle of a prefilled answer.
	const isOpen = request.response_format == null && tools === undefined && prefill === null;
	const usual = isOpen ? answerGrammar(techniqueFormat(recipe?.prompt?.technique)) : undefined;
	const { grammar = usual, openSchema } = grammarOf(request);
	const general = withRecommended(context.settings().sampling, model.recommendedSampling);
	const defaults = withChoices(general, recipe?.sampling ?? {});
	const contextSize = recipe?.contextSize ?? null;
	const adapters = servedAdapters(context, request.model, model);
	const requests = Array.from({ length: request.n ?? 1 }, (_, answer) => ({
		model,
		...(contextSize === null ? {} : { load: { contextSize } }),
		turns,
		sampling: samplingOf(request, defaults, answer),
		cacheKey: cacheKeyOf(turns),
		...scoringOf(request, defaults),
		...(prefill === null ? {} : { prefill: { text: prefill, tokens: null } }),
		...(grammar === undefined ? {} : { grammar }),
		...(tools === undefined ? {} : { tools }),
		...(adapters === undefined ? {} : { adapters }),
	}));
	return { model, requests, openSchema: openSchema ?? null };
}
