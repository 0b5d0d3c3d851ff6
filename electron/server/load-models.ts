import { z } from 'zod';
import { chooseByKind, withEngine } from './choose-by-kind.ts';
import { servedId } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';
import { parseBody } from './http/parse-body.ts';

/** The fields of `/models/load` and `/models/unload`, as llama-server has them. */
export const namedModelSchema = z.object({ model: z.string().max(500) });

const kinds = ['model', 'embedding', 'reranker'] as const;

/** Answers `/models/load`: loads a model before the first request needs it. Throws Failure `model-unknown`, … */
export async function loadModel(context: ServerContext, body: unknown, signal: AbortSignal) {
	const model = chooseByKind(context, parseBody(namedModelSchema, body).model, kinds);
	await withEngine(context, model, signal, async () => {});
	return { success: true, model: servedId(model) };
}

/** Answers `/models/unload`: frees the memory of a model. Throws Failure `model-busy` while it answers. */
export async function unloadModel(context: ServerContext, body: unknown) {
	const model = chooseByKind(context, parseBody(namedModelSchema, body).model, kinds);
	const { state } = await context.library.unload(model.id);
	return { success: state === 'unloaded', model: servedId(model) };
}
