import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerServed } from '../answer-served.ts';
import { withEngine } from '../choose-by-kind.ts';
import { chooseServedModel, servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import type { ServedRequest } from '../generate-served.ts';
import { openAnswerStream } from '../http/answer-stream.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import { unsupported } from '../openai/request.ts';
import { chatSchema, ending, ollamaRequests } from './ollama.ts';

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
	const file = chooseServedModel(context, request.model ?? undefined);
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
	const { requests } = ollamaRequests(context, { ...request, messages });
	const [asked] = requests;
	if (asked === undefined) throw new Error('a request without an answer');
	const served = raw === true ? await rawRequest(context, asked, text, signal) : asked;
	if (request.stream === false) {
		const { content, reasoning, result } = await answerServed(context, served, signal);
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
		const { result } = await answerServed(context, served, signal, {
			onParts({ content, reasoning }) {
				lines.send(part({ response: content, ...(reasoning === '' ? {} : { thinking: reasoning }), done: false }));
			},
		});
		lines.send(part(ending(result, started)));
		lines.finish();
	} catch (error) {
		if (!signal.aborted) lines.fail(error);
	}
}

/** Turns a request to answer into one to continue the text. */
async function rawRequest(
	context: ServerContext,
	asked: ServedRequest,
	text: string,
	signal: AbortSignal,
): Promise<ServedRequest> {
	const tokens = await withEngine(context, asked.model, signal, (engine) =>
		engine.tokenize(text, { addSpecial: true, parseSpecial: true }),
	);
	return { ...asked, turns: [], tokens };
}
