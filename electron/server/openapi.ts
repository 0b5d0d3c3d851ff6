import { z } from 'zod';
import type { ServerScope } from '../contract/server/schema.ts';

/** What the document tells of a route. */
interface DescribedRoute {
	readonly method: 'GET' | 'POST';
	readonly scope: ServerScope | null | 'none';
	readonly protocol?: string;
	readonly summary?: string;
	readonly body?: z.ZodType;
}

/** Returns the OpenAPI document of the routes, from the schemas that their handlers read bodies with. */
export function openApiDocument(routes: Readonly<Record<string, DescribedRoute>>): object {
	const paths = Object.entries(routes).map(([path, route]) => [
		path,
		{ [route.method.toLowerCase()]: operationOf(path, route) },
	]);
	return {
		openapi: '3.1.0',
		info: {
			title: 'Assay',
			version: '1',
			description:
				'Models on this computer, through the APIs of OpenAI, Anthropic and Ollama. Fields that a body has beyond its schema are ignored.',
		},
		servers: [{ url: '/' }],
		paths: Object.fromEntries(paths),
		components: {
			securitySchemes: {
				key: { type: 'http', scheme: 'bearer', description: 'A key of Assay: assay server keys add <name>' },
				header: { type: 'apiKey', in: 'header', name: 'x-api-key' },
			},
			schemas: {
				Error: {
					type: 'object',
					required: ['error'],
					properties: {
						error: {
							type: 'object',
							required: ['message', 'type'],
							properties: {
								message: { type: 'string' },
								type: { type: 'string' },
								param: { type: ['string', 'null'] },
								code: { type: ['string', 'null'] },
							},
						},
					},
				},
			},
		},
	};
}

function operationOf(path: string, { scope, summary, body, protocol = 'openai' }: DescribedRoute): object {
	const error = (description: string) => ({
		description,
		...(protocol === 'openai'
			? { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
			: {}),
	});
	return {
		operationId: path.replaceAll(/[^a-z0-9]+/gi, '_').replace(/^_/, ''),
		...(summary === undefined ? {} : { summary }),
		tags: [protocol],
		security: scope === 'none' ? [] : [{ key: [] }, { header: [] }],
		...(scope === null || scope === 'none' ? {} : { 'x-scope': scope }),
		...(body === undefined
			? {}
			: { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
		responses: {
			200: { description: 'The answer' },
			...(body === undefined ? {} : { 400: error('A wrong field, or a prompt that does not fit the context') }),
			...(scope === 'none' ? {} : { 401: error('No key, or a wrong one'), 403: error('The key lacks the scope') }),
			...(body === undefined
				? {}
				: { 429: error('Too many requests; retry-after says when to come back'), 503: error('Try again later') }),
		},
	};
}

function schemaOf(body: z.ZodType): object {
	const { $schema: _, ...schema } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any', reused: 'inline' });
	return schema;
}
