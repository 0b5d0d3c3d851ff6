import { z } from 'zod';
import { chooseServedModel, type ModelChoosing, servedId } from './choose-served-model.ts';
import { badRequest } from './http/errors.ts';

/** llama-server calls the text `content`, vLLM `prompt`. */
const tokenizeSchema = z.object({
	model: z.string().max(500).nullish(),
	content: z.string().nullish(),
	prompt: z.string().nullish(),
});

/** Answers `/tokenize` in the words of llama-server and of vLLM. Loads the model if necessary. */
export async function tokenize(context: ModelChoosing, body: unknown, signal: AbortSignal) {
	const parsed = tokenizeSchema.safeParse(body);
	const text = parsed.data?.content ?? parsed.data?.prompt;
	if (text === undefined || text === null) throw badRequest('content: the text is missing.', 'content');
	const file = chooseServedModel(context, parsed.data?.model ?? undefined);
	const engine = await context.library.acquire(file.id, {}, { signal });
	const tokens = await engine.tokenize(text);
	return { model: servedId(file), tokens, count: tokens.length, max_model_len: engine.capabilities().contextSize };
}
