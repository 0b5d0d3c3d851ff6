import type { ServerContext } from './context.ts';
import { sendJson } from './http/errors.ts';
import type { Route } from './http/route.ts';
import { loadModel, namedModelSchema, unloadModel } from './load-models.ts';
import { embed, embedOne, embedOneSchema, embedSchema } from './ollama/embed.ts';
import { generate, generateSchema } from './ollama/generate.ts';
import { completions, completionsSchema } from './openai/completions.ts';
import { embeddings, embeddingsSchema } from './openai/embeddings.ts';
import { rerank, rerankSchema } from './rerank.ts';
import {
	applyTemplate,
	applyTemplateSchema,
	detokenize,
	detokenizeSchema,
	props,
	tokenize,
	tokenizerInfo,
	tokenizeSchema,
} from './tokenize.ts';

/** Routes for raw texts, vectors and tokens. */
export function completionRoutes(context: ServerContext): Readonly<Record<string, Route>> {
	const reranking: Route = {
		method: 'POST',
		scope: 'embeddings',
		answers: true,
		summary: 'Documents in the order in which they answer a query',
		body: rerankSchema,
		handle: (body, response, signal) => rerank(context, body, response, signal),
	};
	return {
		'/v1/completions': {
			method: 'POST',
			scope: 'inference',
			answers: true,
			summary: 'Continuations of texts, with the log-probabilities of their tokens, in OpenAI’s form',
			body: completionsSchema,
			handle: (body, response, signal) => completions(context, body, response, signal),
		},
		'/v1/embeddings': {
			method: 'POST',
			scope: 'embeddings',
			answers: true,
			summary: 'Vectors of texts, in OpenAI’s form',
			body: embeddingsSchema,
			handle: (body, response, signal) => embeddings(context, body, response, signal),
		},
		'/v1/rerank': reranking,
		'/v2/rerank': reranking,
		'/rerank': reranking,
		'/api/embed': {
			method: 'POST',
			scope: 'embeddings',
			answers: true,
			protocol: 'ollama',
			summary: 'Vectors of texts, in Ollama’s form',
			body: embedSchema,
			handle: async (body, response, signal) => sendJson(response, await embed(context, body, signal)),
		},
		'/api/embeddings': {
			method: 'POST',
			scope: 'embeddings',
			answers: true,
			protocol: 'ollama',
			summary: 'The vector of a text, in Ollama’s older form',
			body: embedOneSchema,
			handle: async (body, response, signal) => sendJson(response, await embedOne(context, body, signal)),
		},
		'/api/generate': {
			method: 'POST',
			scope: 'inference',
			answers: true,
			protocol: 'ollama',
			summary: 'An answer to one message, or the continuation of a text, in Ollama’s form',
			body: generateSchema,
			handle: (body, response, signal) => generate(context, body, response, signal),
		},
		'/models/load': {
			method: 'POST',
			scope: 'administration',
			summary: 'Loads a model before a request needs it, in llama-server’s form',
			body: namedModelSchema,
			handle: async (body, response, signal) => sendJson(response, await loadModel(context, body, signal)),
		},
		'/models/unload': {
			method: 'POST',
			scope: 'administration',
			summary: 'Frees the memory of a model, in llama-server’s form',
			body: namedModelSchema,
			handle: async (body, response) => sendJson(response, await unloadModel(context, body)),
		},
		'/tokenize': {
			method: 'POST',
			scope: 'inference',
			summary: 'The tokens of a text',
			body: tokenizeSchema,
			handle: async (body, response, signal) => sendJson(response, await tokenize(context, body, signal)),
		},
		'/detokenize': {
			method: 'POST',
			scope: 'inference',
			summary: 'The text of tokens',
			body: detokenizeSchema,
			handle: async (body, response, signal) => sendJson(response, await detokenize(context, body, signal)),
		},
		'/tokenizer_info': {
			method: 'GET',
			scope: 'inference',
			summary: 'What a client must know of a tokenizer',
			handle: async (query, response, signal) => sendJson(response, await tokenizerInfo(context, query, signal)),
		},
		'/apply-template': {
			method: 'POST',
			scope: 'inference',
			summary: 'The prompt that messages become',
			body: applyTemplateSchema,
			handle: async (body, response, signal) => sendJson(response, await applyTemplate(context, body, signal)),
		},
		'/props': {
			method: 'GET',
			scope: null,
			summary: 'Properties of a model, in llama-server’s form',
			handle: async (query, response) => sendJson(response, await props(context, query)),
		},
	};
}
