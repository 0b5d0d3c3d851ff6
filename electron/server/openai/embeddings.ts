import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ModelInput } from '../../../models/contract/embedding.ts';
import { base64Of, normalised, vectorOf } from '../../../models/vectors.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { chooseByKind, withEngine } from '../choose-by-kind.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';
import { badRequest, sendJson } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';

/** The most texts of a request, as in OpenAI's API. */
const mostInputs = 2_048;

const tokensSchema = z.array(z.int().min(0)).min(1);

export const inputSchema = z.union([
	z.string(),
	z.array(z.string()).min(1).max(mostInputs),
	tokensSchema,
	z.array(tokensSchema).min(1).max(mostInputs),
]);

/** The fields of a request for embeddings that Assay knows; it ignores the others. */
export const embeddingsSchema = z.object({
	model: z.string().max(500).nullish(),
	input: inputSchema,
	encoding_format: z.enum(['float', 'base64']).nullish(),
	dimensions: z.int().min(1).nullish(),
	user: z.string().nullish(),
});

/** Returns the texts of an input, which may be one or a list, as text or tokens. */
export function inputsOf(input: z.infer<typeof inputSchema>): ModelInput[] {
	if (typeof input === 'string') return [input.replaceAll('\0', '\uFFFD')];
	if (typeof input[0] === 'number') return [input as number[]];
	return (input as (string | number[])[]).map((one) =>
		typeof one === 'string' ? one.replaceAll('\0', '\uFFFD') : one,
	);
}

export interface EmbeddedInputs {
	readonly model: ModelFile;
	readonly vectors: readonly Float32Array[];
	readonly tokens: number;
}

/** Texts of one call to the engine: the client may leave between two. */
const batch = 64;

/**
 * Turns texts into vectors of length 1, shortened to the first `dimensions`. Throws HttpError, and the Failures of
 * `chooseByKind` and `Engine.embed`.
 */
export async function embedInputs(
	context: ServerContext,
	{
		model: name,
		dimensions,
	}: { readonly model: string | null | undefined; readonly dimensions: number | null | undefined },
	inputs: readonly ModelInput[],
	signal: AbortSignal,
): Promise<EmbeddedInputs> {
	const model = chooseByKind(context, name, ['embedding']);
	return await withEngine(context, model, signal, async (engine) => {
		const vectors: Float32Array[] = [];
		let tokens = 0;
		for (let at = 0; at < inputs.length; at += batch) {
			signal.throwIfAborted();
			const some = await engine.embed({ inputs: inputs.slice(at, at + batch) });
			if (dimensions !== null && dimensions !== undefined && dimensions > some.dimensions) {
				throw badRequest(
					`dimensions: the vectors of this model have ${some.dimensions} numbers, fewer than ${dimensions}.`,
					'dimensions',
				);
			}
			for (const vector of some.vectors.map(vectorOf)) {
				const shorter = dimensions !== null && dimensions !== undefined && dimensions < vector.length;
				vectors.push(shorter ? normalised(vector.slice(0, dimensions)) : vector);
			}
			tokens += some.tokens.reduce((sum, count) => sum + count, 0);
		}
		context.record.counted(tokens);
		return { model, vectors, tokens };
	});
}

/** Answers `/v1/embeddings`. */
export async function embeddings(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const request = parseBody(embeddingsSchema, body);
	const { model, vectors, tokens } = await embedInputs(
		context,
		{ model: request.model, dimensions: request.dimensions },
		inputsOf(request.input),
		signal,
	);
	const base64 = request.encoding_format === 'base64';
	sendJson(response, {
		object: 'list',
		model: servedId(model),
		data: vectors.map((vector, index) => ({
			object: 'embedding',
			index,
			embedding: base64 ? base64Of(vector) : [...vector],
		})),
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	});
}
