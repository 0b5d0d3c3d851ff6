import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { withRecommended } from '../../../models/contract/recommended-sampling.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { answerServed } from '../answer-served.ts';
import { chooseByKind, withEngine } from '../choose-by-kind.ts';
import { chooseServedModel, servedAdapters, servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import type { ServedRequest } from '../generate-served.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import { checkOpenSchema, nameOpenSchema } from '../open-schema.ts';
import { type ChatRequest, grammarOf, samplingOf, servedRequests, unsupported } from '../openai/request.ts';
import { chatRequestOf, chatSchema, ending } from './ollama.ts';

/** The fields of `/api/generate` that Assay knows; it ignores the others. */
export const generateSchema = chatSchema.omit({ messages: true, tools: true }).extend({
	prompt: z.string().nullish(),
	system: z.string().nullish(),
	suffix: z.string().nullish(),
	/** The prompt is the text itself, without a chat template. */
	raw: z.boolean().nullish(),
	images: z.array(z.unknown()).nullish(),
});

/** Answers `/api/generate`: lines of JSON unless `stream` is false. Throws before anything was sent. */
export async function generate(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const started = performance.now();
	const { prompt, system, suffix, raw, images, ...request } = parseBody(generateSchema, body);
	if ((suffix ?? '') !== '') throw unsupported('suffix', 'Assay can’t fill a gap before a text. Leave suffix out.');
	if ((images?.length ?? 0) > 0) throw badRequest('Assay reads text only, no images.', 'images');
	const text = (prompt ?? '').replaceAll('\0', '\uFFFD');
	// A text is continued by base models too, which have no chat template.
	const file =
		raw === true
			? chooseByKind(context, request.model, ['model'])
			: chooseServedModel(context, request.model ?? undefined);
	const part = (more: object) => ({
		model: servedId(file),
		created_at: new Date(context.clock()).toISOString(),
		response: '',
		...more,
	});
	if (text === '') {
		// Ollama's clients load a model so.
		await withEngine(context, file, signal, async () => {});
		sendJson(response, part({ done: true, done_reason: 'load' }));
		return;
	}
	const messages = [
		...((system ?? '') === '' ? [] : [{ role: 'system', content: system ?? '' }]),
		{ role: 'user', content: text },
	];
	const asked = chatRequestOf({ ...request, messages });
	const chat = raw === true ? null : servedRequests(context, asked);
	const openSchema = chat?.openSchema ?? grammarOf(asked).openSchema ?? null;
	const served = chat?.requests[0] ?? (await rawRequest(context, file, asked, text, signal));
	nameOpenSchema(context, response, openSchema);
	if (request.stream === false) {
		const { content, reasoning, result } = await answerServed(context, served, signal);
		await checkOpenSchema(context, response, openSchema, content);
		sendJson(
			response,
			part({
				response: content,
				...(reasoning === '' ? {} : { thinking: reasoning }),
				...ending(result, started),
			}),
		);
		return;
	}
	const lines = openAnswerStream(response, 'ollama');
	try {
		const { content: whole, result } = await answerServed(context, served, signal, {
			onParts({ content, reasoning }) {
				lines.send(part({ response: content, ...(reasoning === '' ? {} : { thinking: reasoning }), done: false }));
			},
		});
		await checkOpenSchema(context, response, openSchema, whole);
		lines.send(part(ending(result, started)));
		lines.finish();
	} catch (error) {
		if (!signal.aborted) lines.fail(error);
	}
}

/** Returns what the engine is asked to continue a text as it is. */
async function rawRequest(
	context: ServerContext,
	model: ModelFile,
	asked: ChatRequest,
	text: string,
	signal: AbortSignal,
): Promise<ServedRequest> {
	const tokens = await withEngine(context, model, signal, (engine) =>
		engine.tokenize(text, { addSpecial: true, parseSpecial: true }),
	);
	const { grammar } = grammarOf(asked);
	const defaults = withRecommended(context.settings().sampling, model.recommendedSampling);
	const adapters = servedAdapters(context, asked.model, model);
	return {
		model,
		turns: [],
		tokens,
		sampling: samplingOf(asked, defaults, 0),
		cacheKey: `completion-${model.id}`,
		...(grammar === undefined ? {} : { grammar }),
		...(adapters === undefined ? {} : { adapters }),
	};
}
