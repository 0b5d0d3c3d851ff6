import { z } from 'zod';
import { badRequest } from '../http/errors.ts';
import { fieldNames, withFieldNames } from '../http/field-names.ts';
import { parseBody } from '../http/parse-body.ts';
import { type ChatRequest, parseChatRequest } from './request.ts';

const itemSchema = z.looseObject({ type: z.string().nullish(), role: z.string().nullish() });

const formatSchema = z.looseObject({
	type: z.enum(['text', 'json_object', 'json_schema']),
	schema: z.record(z.string(), z.unknown()).nullish(),
});

const toolSchema = z.looseObject({ type: z.string() });

/** The fields of OpenAI's Responses API that Assay knows; it ignores the others. */
export const responsesSchema = z.object({
	model: z.string().max(500).nullish(),
	input: z.union([z.string(), z.array(itemSchema).max(10_000)]).nullish(),
	instructions: z.string().nullish(),
	previous_response_id: z.string().max(200).nullish(),
	store: z.boolean().nullish(),
	stream: z.boolean().nullish(),
	max_output_tokens: z.int().min(1).nullish(),
	temperature: z.number().nullish(),
	top_p: z.number().nullish(),
	top_logprobs: z.int().nullish(),
	include: z.array(z.string()).nullish(),
	text: z.looseObject({ format: formatSchema.nullish() }).nullish(),
	tools: z.array(toolSchema).max(1_000).nullish(),
	tool_choice: z.unknown().optional(),
	parallel_tool_calls: z.boolean().nullish(),
	metadata: z.record(z.string(), z.unknown()).nullish(),
	background: z.boolean().nullish(),
	conversation: z.unknown().optional(),
	prompt: z.unknown().optional(),
	/** As in a chat completion. */
	seed: z.int().nullish(),
	logit_bias: z.unknown().optional(),
	deterministic: z.boolean().nullish(),
	cache_prompt: z.boolean().nullish(),
});

export type ResponsesRequest = z.infer<typeof responsesSchema>;

/** A request in the form of a chat completion, which the rest of the server takes. */
export interface ReadResponses {
	readonly asked: ResponsesRequest;
	readonly request: ChatRequest;
	/** The client's name for a field of `request`. */
	readonly nameOf: (field: string) => string;
	/** What was left out of the request, for a header. */
	readonly warnings: readonly string[];
}

/** Fields that would change the answer and that Assay can't follow. */
const refused = ['conversation', 'prompt'] as const;

type ChatMessage = ChatRequest['messages'][number];

/**
 * Reads a body. `earlier` returns the messages before it, from the response that it continues. Throws HttpError, which names
 * the field.
 */
export function readResponses(body: unknown, earlier: (responseId: string) => readonly ChatMessage[]): ReadResponses {
	const asked = parseBody(responsesSchema, body);
	const unusable = refused.find((field) => asked[field] !== undefined && asked[field] !== null);
	if (unusable !== undefined) {
		throw badRequest(
			`${unusable}: Assay doesn’t know ${unusable}s. Send the messages as input.`,
			unusable,
			'unsupported_parameter',
		);
	}
	if (asked.background === true) {
		throw badRequest('background: Assay answers at once. Leave it out.', 'background', 'unsupported_parameter');
	}
	if ((asked.input ?? null) === null && (asked.previous_response_id ?? null) === null) {
		throw badRequest('input: a text or a list of messages is missing.', 'input', 'missing_required_parameter');
	}
	const { tools, warnings } = chatTools(asked.tools ?? []);
	const format = asked.text?.format;
	const wantsLogprobs =
		asked.include?.includes('message.output_text.logprobs') === true || (asked.top_logprobs ?? 0) > 0;
	const instructions: ChatMessage[] =
		asked.instructions === null || asked.instructions === undefined || asked.instructions === ''
			? []
			: [{ role: 'system', content: asked.instructions }];
	const before =
		asked.previous_response_id === null || asked.previous_response_id === undefined
			? []
			: earlier(asked.previous_response_id);
	const read = readInput(asked.input ?? '');
	const origins = [
		...instructions.map(() => 'instructions'),
		...before.map(() => 'previous_response_id'),
		...read.map(({ field }) => field),
	];
	const nameOf = fieldNames(origins, {
		messages: 'input',
		max_tokens: 'max_output_tokens',
		response_format: 'text.format',
	});
	const chat = {
		model: asked.model,
		messages: [...instructions, ...before, ...read.map(({ message }) => message)],
		max_tokens: asked.max_output_tokens,
		temperature: asked.temperature,
		top_p: asked.top_p,
		seed: asked.seed,
		logit_bias: asked.logit_bias,
		deterministic: asked.deterministic,
		cache_prompt: asked.cache_prompt,
		...(wantsLogprobs ? { logprobs: true, top_logprobs: asked.top_logprobs ?? 0 } : {}),
		...(format?.type === 'json_schema'
			? { response_format: { type: 'json_schema', json_schema: { schema: format.schema ?? undefined } } }
			: { response_format: format }),
		...(tools.length === 0
			? {}
			: { tools, tool_choice: chatToolChoice(asked.tool_choice), parallel_tool_calls: asked.parallel_tool_calls }),
	};
	return { asked, request: withFieldNames(nameOf, () => parseChatRequest(chat)), nameOf, warnings };
}

/** Converts a tool to the form of a chat completion. Functions of a namespace are functions; other kinds are left out. */
function chatTools(tools: readonly z.infer<typeof toolSchema>[]): {
	readonly tools: object[];
	readonly warnings: string[];
} {
	const flat = tools.flatMap((tool) =>
		tool.type === 'namespace' ? (toolSchema.array().safeParse(tool['tools']).data ?? []) : [tool],
	);
	const others = [...new Set(flat.flatMap(({ type }) => (type === 'function' ? [] : [type.slice(0, 60)])))];
	return {
		tools: flat.flatMap(({ type, name, description, parameters, strict }) =>
			type === 'function' ? [{ type, function: { name, description, parameters, strict } }] : [],
		),
		warnings: others.map((type) => `tools of type ${type} are left out`),
	};
}

function chatToolChoice(choice: unknown): unknown {
	const named = z.looseObject({ type: z.literal('function'), name: z.string() }).safeParse(choice);
	return named.success ? { type: 'function', function: { name: named.data.name } } : choice;
}

/** Converts items to messages of a chat completion. Throws HttpError for an item that has no such form. */
export function messagesOf(input: NonNullable<ResponsesRequest['input']>): ChatMessage[] {
	return readInput(input).map(({ message }) => message);
}

/** Messages of a chat completion, with the fields that they come from. */
function readInput(input: NonNullable<ResponsesRequest['input']>): { field: string; message: ChatMessage }[] {
	if (typeof input === 'string') return [{ field: 'input', message: { role: 'user', content: input } }];
	return input.flatMap((item, index) => {
		const field = `input.${index}`;
		const message = messageOf(item, field);
		return message === null ? [] : [{ field, message }];
	});
}

function messageOf(item: z.infer<typeof itemSchema>, field: string): ChatMessage | null {
	switch (item.type ?? 'message') {
		case 'message':
			return { role: roleOf(item.role, field), content: contentOf(item['content'], `${field}.content`) };
		case 'function_call': {
			const { call_id: id, name, arguments: given } = item;
			if (typeof name !== 'string') throw badRequest(`${field}.name is missing.`, `${field}.name`);
			const call = { id, type: 'function', function: { name, arguments: given } };
			return { role: 'assistant', content: null, tool_calls: [call] };
		}
		case 'function_call_output':
			return { role: 'tool', tool_call_id: item['call_id'], content: contentOf(item['output'], `${field}.output`) };
		case 'reasoning':
			// Earlier reasoning is not sent to the model again, as the templates of reasoning models want it.
			return null;
		default:
			throw badRequest(
				`${field}.type: Assay can’t read items of type "${String(item.type).slice(0, 60)}".`,
				`${field}.type`,
				'unsupported_item',
			);
	}
}

function roleOf(role: string | null | undefined, field: string): string {
	if (role === null || role === undefined) throw badRequest(`${field}.role is missing.`, `${field}.role`);
	return role;
}

const textTypes: ReadonlySet<string> = new Set(['input_text', 'output_text', 'text']);

/** Text parts become those of a chat completion; it refuses the others by their names. */
function contentOf(content: unknown, field: string): ChatMessage['content'] {
	if (typeof content === 'string' || content === null || content === undefined) return content;
	const parts = z.looseObject({ type: z.string() }).array().safeParse(content);
	if (!parts.success) throw badRequest(`${field} is neither text nor parts.`, field);
	return parts.data.map((part) => (textTypes.has(part.type) ? { ...part, type: 'text' } : part));
}
