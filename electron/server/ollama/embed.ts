import { z } from 'zod';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { parseBody } from '../http/parse-body.ts';
import { embedInputs, inputSchema, inputsOf } from '../openai/embeddings.ts';

/** The fields of `/api/embed` that Assay knows. Ollama cuts a text that is too long; Assay refuses it, with both numbers. */
export const embedSchema = z.object({
	model: z.string().max(500).nullish(),
	input: inputSchema,
	dimensions: z.int().min(1).nullish(),
});

/** Answers `/api/embed`. */
export async function embed(context: ServerContext, body: unknown, signal: AbortSignal) {
	const started = performance.now();
	const { model: name, input, dimensions } = parseBody(embedSchema, body);
	const { model, vectors, tokens } = await embedInputs(context, { model: name, dimensions }, inputsOf(input), signal);
	return {
		model: servedId(model),
		embeddings: vectors.map((vector) => [...vector]),
		// Ollama's times are nanoseconds.
		total_duration: Math.round((performance.now() - started) * 1e6),
		load_duration: 0,
		prompt_eval_count: tokens,
	};
}

/** The fields of the older `/api/embeddings`. */
export const embedOneSchema = z.object({ model: z.string().max(500).nullish(), prompt: z.string() });

/** Answers `/api/embeddings`. */
export async function embedOne(context: ServerContext, body: unknown, signal: AbortSignal) {
	const { model, prompt } = parseBody(embedOneSchema, body);
	const { vectors } = await embedInputs(context, { model, dimensions: null }, inputsOf(prompt), signal);
	return { embedding: [...(vectors[0] ?? [])] };
}
