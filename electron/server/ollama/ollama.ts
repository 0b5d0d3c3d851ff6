import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { GenerationResult } from '../../../models/contract/generation.ts';
import type { ToolCall } from '../../../models/contract/tools.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { listAliases } from '../../settings/aliases.ts';
import { answerServed } from '../answer-served.ts';
import { chooseByKind, modelsOfKind } from '../choose-by-kind.ts';
import { type ModelChoosing, servedId, servedModels } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import { checkOpenSchema, nameOpenSchema } from '../open-schema.ts';
import { type ChatRequest, parseChatRequest, servedRequests } from '../openai/request.ts';

/** The version of Ollama's API that these answers follow. */
export const ollamaVersion = '0.9.0';

/** Returns the answer to `/api/tags`: the models, then the aliases. */
export function listTags(context: Pick<ServerContext, 'library' | 'database'>) {
	const files = [...servedModels(context), ...modelsOfKind(context, ['embedding'])];
	const named = listAliases(context.database).flatMap(({ name, modelFileId }) => {
		const file = files.find(({ id }) => id === modelFileId);
		return file === undefined ? [] : [{ name, file }];
	});
	return {
		models: [...files.map((file) => ({ name: servedId(file), file })), ...named].map(({ name, file }) => ({
			name,
			model: name,
			modified_at: new Date(file.addedAt).toISOString(),
			size: file.sizeBytes,
			digest: file.sha256 ?? '',
			details: detailsOf(file),
		})),
	};
}

function detailsOf({ architecture, parameters, quantization }: ModelFile) {
	return {
		parent_model: '',
		format: 'gguf',
		family: architecture,
		families: [architecture],
		parameter_size: parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${(parameters / 1e6).toFixed(2)}M`,
		quantization_level: quantization,
	};
}

export const showSchema = z.object({ model: z.string().max(500).nullish(), name: z.string().max(500).nullish() });

/** Returns the answer to `/api/show`. Throws Failure `model-unknown`. */
export function showModel(context: ModelChoosing, body: unknown) {
	const { model, name } = parseBody(showSchema, body);
	const file = chooseByKind(context, model ?? name, ['model', 'embedding']);
	const { architecture, contextLength, parameters, license, addedAt } = file;
	return {
		modelfile: '',
		parameters: '',
		template: '',
		license: license ?? '',
		modified_at: new Date(addedAt).toISOString(),
		details: detailsOf(file),
		model_info: {
			'general.architecture': architecture,
			'general.parameter_count': parameters,
			...(contextLength === null ? {} : { [`${architecture}.context_length`]: contextLength }),
		},
		capabilities: file.kind === 'embedding' ? ['embedding'] : ['completion', 'tools'],
	};
}

/** The fields of `/api/chat` that Assay knows; it ignores the others. */
export const chatSchema = z.object({
	model: z.string().max(500).nullish(),
	messages: z
		.array(z.looseObject({ role: z.string(), content: z.string().nullish(), images: z.array(z.unknown()).nullish() }))
		.min(1),
	stream: z.boolean().nullish(),
	format: z.union([z.literal(''), z.literal('json'), z.record(z.string(), z.unknown())]).nullish(),
	tools: z.array(z.unknown()).nullish(),
	options: z
		.looseObject({
			temperature: z.number().nullish(),
			top_k: z.int().nullish(),
			top_p: z.number().nullish(),
			min_p: z.number().nullish(),
			typical_p: z.number().nullish(),
			repeat_penalty: z.number().nullish(),
			presence_penalty: z.number().nullish(),
			frequency_penalty: z.number().nullish(),
			seed: z.int().nullish(),
			stop: z.union([z.string(), z.array(z.string())]).nullish(),
			num_predict: z.int().nullish(),
		})
		.nullish(),
});

/** Answers `/api/chat`: lines of JSON unless `stream` is false. Throws before anything was sent. */
export async function chat(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const started = performance.now();
	const request = parseBody(chatSchema, body);
	const { messages, stream } = request;
	if (messages.some(({ images }) => (images?.length ?? 0) > 0))
		throw badRequest('Assay reads text only, no images.', null);
	const { model, requests, openSchema } = servedRequests(context, chatRequestOf(request));
	const [served] = requests;
	if (served === undefined) throw new Error('a request without an answer');
	nameOpenSchema(context, response, openSchema);
	const part = (message: object, more: object) => ({
		model: servedId(model),
		created_at: new Date(context.clock()).toISOString(),
		message: { role: 'assistant', content: '', ...message },
		...more,
	});
	if (stream === false) {
		const { content, reasoning, result, calls } = await answerServed(context, served, signal);
		await checkOpenSchema(context, response, openSchema, content);
		const message = { content, ...(reasoning === '' ? {} : { thinking: reasoning }), ...callsOf(calls) };
		sendJson(response, part(message, ending(result, started)));
		return;
	}
	const lines = openAnswerStream(response, 'ollama');
	try {
		const { content, result, calls } = await answerServed(context, served, signal, {
			onParts({ content, reasoning }) {
				// Calls come whole, before the end: Ollama's clients don't put arguments together.
				if (content === '' && reasoning === '') return;
				lines.send(part({ content, ...(reasoning === '' ? {} : { thinking: reasoning }) }, { done: false }));
			},
		});
		await checkOpenSchema(context, response, openSchema, content);
		if (calls.length > 0) lines.send(part(callsOf(calls), { done: false }));
		lines.send(part({}, ending(result, started)));
		lines.finish();
	} catch (error) {
		if (!signal.aborted) lines.fail(error);
	}
}

/** Ollama's calls have their arguments as an object. */
function callsOf(calls: readonly ToolCall[]) {
	if (calls.length === 0) return {};
	return {
		tool_calls: calls.map(({ id, name, arguments: json }) => ({
			id,
			function: { name, arguments: argumentsOf(json) },
		})),
	};
}

function argumentsOf(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return {};
	}
}

/** Brings a request into OpenAI's form. Throws HttpError. */
export function chatRequestOf({
	model,
	messages,
	format,
	tools,
	options,
}: Omit<z.infer<typeof chatSchema>, 'stream'>): ChatRequest {
	const { num_predict: most, ...sampling } = options ?? {};
	return parseChatRequest({
		...sampling,
		model,
		messages,
		tools,
		// Ollama takes -1 and -2 as no limit.
		max_tokens: most === null || most === undefined || most < 1 ? null : most,
		response_format: formatOf(format),
	});
}

function formatOf(format: z.infer<typeof chatSchema>['format']) {
	if (format === null || format === undefined || format === '') return null;
	return format === 'json' ? { type: 'json_object' } : { type: 'json_schema', json_schema: { schema: format } };
}

/** Ollama's times are nanoseconds. */
export function ending(
	{ stopReason, promptTokens, completionTokens, promptMs, generationMs }: GenerationResult,
	started: number,
) {
	const nanoseconds = (ms: number): number => Math.round(ms * 1e6);
	return {
		done: true,
		done_reason: stopReason === 'max-tokens' || stopReason === 'context-full' ? 'length' : 'stop',
		total_duration: nanoseconds(performance.now() - started),
		load_duration: 0,
		prompt_eval_count: promptTokens,
		prompt_eval_duration: nanoseconds(promptMs),
		eval_count: completionTokens,
		eval_duration: nanoseconds(generationMs),
	};
}
