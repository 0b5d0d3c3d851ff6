import { z } from 'zod';
import { defineTool } from '../tool.ts';

export const listModels = defineTool({
	name: 'list_models',
	title: 'List models',
	description: 'Lists the language models on this computer, and the aliases that stand for a model with a recipe.',
	scope: null,
	input: z.object({}),
	output: z.object({
		models: z.array(
			z.object({
				id: z.int(),
				name: z.string().describe('Use it as `model` in other tools'),
				quantization: z.string(),
				size_bytes: z.int(),
				parameters: z.int(),
				context_length: z.int().nullable(),
				chat: z.boolean().describe('false: a base model, which only continues text'),
				default: z.boolean(),
				loaded: z.boolean(),
				tokens_per_second: z.number().nullable(),
				problem: z.string().nullable(),
			}),
		),
		aliases: z.array(z.object({ name: z.string(), model: z.string(), recipe: z.string() })),
	}),
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run(_input, { client }) {
		const [{ models, states }, { aliases }] = await Promise.all([client.models.list(), client.server.aliases()]);
		const loaded = new Set(states.flatMap(({ state, modelFileId }) => (state === 'loaded' ? [modelFileId] : [])));
		return {
			models: models
				.filter(({ kind }) => kind === 'model')
				.map((file) => ({
					id: file.id,
					name: `${file.name} ${file.quantization}`.trim(),
					quantization: file.quantization,
					size_bytes: file.sizeBytes,
					parameters: file.parameters,
					context_length: file.contextLength,
					chat: file.chat,
					default: file.default,
					loaded: loaded.has(file.id),
					tokens_per_second: file.tokensPerSecond,
					problem: file.problem?.message ?? null,
				})),
			aliases: aliases.map(({ name, modelName, source }) => ({
				name,
				model: modelName,
				recipe:
					source.kind === 'none'
						? 'the model alone'
						: source.kind === 'preset'
							? `preset ${source.name}`
							: `as measured in run ${source.runId}: ${source.label}`,
			})),
		};
	},
});
