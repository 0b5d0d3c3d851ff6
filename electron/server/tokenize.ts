import { z } from 'zod';
import { chooseByKind, withEngine } from './choose-by-kind.ts';
import { servedId } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';
import { badRequest } from './http/errors.ts';
import { parseBody } from './http/parse-body.ts';
import { messagesSchema, turnsOf } from './openai/request.ts';

type Context = Pick<ServerContext, 'library' | 'beginAnswer' | 'database' | 'settings' | 'queue' | 'record'>;

const kinds = ['model', 'embedding', 'reranker'] as const;

const modelSchema = z.string().max(500).nullish();

/** llama-server calls the text `content`, vLLM `prompt`; vLLM adds the tokens that start a text unless told not to. */
export const tokenizeSchema = z.object({
	model: modelSchema,
	content: z.string().nullish(),
	prompt: z.string().nullish(),
	messages: messagesSchema.nullish(),
	add_special: z.boolean().nullish(),
	add_special_tokens: z.boolean().nullish(),
	parse_special: z.boolean().nullish(),
	with_pieces: z.boolean().nullish(),
	return_token_strs: z.boolean().nullish(),
});

/** Answers `/tokenize` in the words of llama-server and of vLLM. Loads the model if necessary. */
export async function tokenize(context: Context, body: unknown, signal: AbortSignal) {
	const request = parseBody(tokenizeSchema, body);
	const { content, prompt, messages } = request;
	const file = chooseByKind(context, request.model, messages === null || messages === undefined ? kinds : ['model']);
	return await withEngine(context, file, signal, async (engine) => {
		let tokens: number[];
		if (messages !== null && messages !== undefined) {
			tokens = (await engine.render(turnsOf(messages).turns)).tokens;
		} else {
			const text = content ?? prompt;
			if (text === null || text === undefined) throw badRequest('content: the text is missing.', 'content');
			const usual = (content ?? null) === null;
			tokens = await engine.tokenize(text, {
				addSpecial: request.add_special ?? request.add_special_tokens ?? usual,
				parseSpecial: request.parse_special ?? true,
			});
		}
		const wantsPieces = request.with_pieces === true || request.return_token_strs === true;
		const pieces = wantsPieces ? await engine.detokenize(tokens.map((token) => [token])) : [];
		return {
			model: servedId(file),
			tokens: request.with_pieces === true ? tokens.map((id, index) => ({ id, piece: pieces[index] ?? '' })) : tokens,
			count: tokens.length,
			max_model_len: engine.capabilities().contextSize,
			...(request.return_token_strs === true ? { token_strs: pieces } : {}),
		};
	});
}

export const detokenizeSchema = z.object({
	model: modelSchema,
	tokens: z.array(z.int().min(0)).max(1_000_000),
});

/** Answers `/detokenize`: llama-server's clients read `content`, vLLM's `prompt`. */
export async function detokenize(context: Context, body: unknown, signal: AbortSignal) {
	const { model, tokens } = parseBody(detokenizeSchema, body);
	const file = chooseByKind(context, model, kinds);
	return await withEngine(context, file, signal, async (engine) => {
		const [text = ''] = await engine.detokenize([tokens]);
		return { model: servedId(file), content: text, prompt: text };
	});
}

/** The query of requests that ask about a model. */
export const modelQuerySchema = z.object({ model: modelSchema });

/** Answers `/tokenizer_info` in vLLM's words; of the default model unless the query names another. */
export async function tokenizerInfo(context: Context, query: unknown, signal: AbortSignal) {
	const file = chooseByKind(context, parseBody(modelQuerySchema, query).model, kinds);
	return await withEngine(context, file, signal, async (engine) => {
		const { startText, endText, addsStart, vocabularySize, chatTemplate } = await engine.tokenizer();
		return {
			model: servedId(file),
			tokenizer_class: 'llama.cpp',
			bos_token: startText === '' ? null : startText,
			eos_token: endText === '' ? null : endText,
			add_bos_token: addsStart,
			vocab_size: vocabularySize,
			model_max_length: engine.capabilities().contextSize,
			chat_template: chatTemplate,
		};
	});
}

export const applyTemplateSchema = z.object({ model: modelSchema, messages: messagesSchema });

/** Answers `/apply-template`: the prompt that messages become, as text. */
export async function applyTemplate(context: Context, body: unknown, signal: AbortSignal) {
	const { model, messages } = parseBody(applyTemplateSchema, body);
	const file = chooseByKind(context, model, ['model']);
	const { turns, prefill } = turnsOf(messages);
	return await withEngine(context, file, signal, async (engine) => {
		const { text, droppedTurns, tokens } = await engine.render(turns);
		if (droppedTurns > 0) {
			throw badRequest(
				`messages: they don't fit; without the first ${droppedTurns} they have ${tokens.length} tokens, and the context has ${engine.capabilities().contextSize}.`,
				'messages',
				'context_length_exceeded',
			);
		}
		return { prompt: text + (prefill ?? '') };
	});
}

/** Answers `/props` in llama-server's words. Loads nothing: what only a loaded model knows is null. */
export async function props(context: Context, query: unknown) {
	const file = chooseByKind(context, parseBody(modelQuerySchema, query).model, kinds);
	const engine = context.library.loaded(file.id);
	const capabilities = engine?.capabilities() ?? null;
	const tokenizer = (await engine?.tokenizer()) ?? null;
	const { temperature, topK, topP, minP, repeatPenalty } = context.settings().sampling;
	return {
		default_generation_settings: {
			n_ctx: capabilities?.contextSize ?? file.contextLength,
			params: { temperature, top_k: topK, top_p: topP, min_p: minP, repeat_penalty: repeatPenalty },
		},
		total_slots: capabilities?.parallelAnswers ?? 1,
		model_alias: servedId(file),
		model_path: file.path,
		model_sha256: file.sha256,
		modalities: { vision: false, audio: false },
		chat_template: tokenizer?.chatTemplate ?? null,
		bos_token: tokenizer?.startText ?? null,
		eos_token: tokenizer?.endText ?? null,
		build_info: capabilities?.engineBuild ?? null,
		is_sleeping: engine === null,
	};
}
