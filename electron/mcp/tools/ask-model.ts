import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import type { Message, TemporaryInput } from '../../contract/conversation/schema.ts';
import { defineTool, type ToolCall } from '../tool.ts';
import { modelField } from './model-input.ts';

const textSchema = z.string().max(1_000_000);

export const askModel = defineTool({
	name: 'ask_model',
	title: 'Ask a model',
	description:
		'Asks a local model and returns its answer. Give prompt, or messages ending with a user message. An alias answers with its recipe.',
	scope: 'inference',
	input: z.object({
		model: modelField,
		prompt: textSchema.optional(),
		messages: z
			.array(z.object({ role: z.enum(['user', 'assistant']), content: textSchema }))
			.max(1_000)
			.optional(),
		system: textSchema.optional().describe('System prompt, after that of the recipe'),
		max_tokens: z.int().min(1).max(131_072).optional(),
		temperature: z.number().min(0).max(5).optional(),
		seed: z.int().min(0).max(0xffff_ffff).optional(),
		json_schema: z.record(z.string(), z.unknown()).optional().describe('The answer is JSON that follows it'),
	}),
	output: z.object({
		model: z.string(),
		alias: z.string().nullable(),
		text: z.string(),
		reasoning: z.string().nullable(),
		stop_reason: z.string(),
		prompt_tokens: z.int(),
		completion_tokens: z.int(),
		tokens_per_second: z.number().nullable(),
		seed: z.int().nullable().describe('Gives the same answer again'),
	}),
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run(input, call) {
		const { client } = call;
		const { model, alias, recipe } = await client.server.resolveModel({ name: input.model });
		const message = await answered(call, {
			modelFileId: model.id,
			turns: turnsOf(input),
			// Nobody could be asked about a call here.
			tools: [],
			sampling: {
				...(input.max_tokens === undefined ? {} : { maxTokens: input.max_tokens }),
				...(input.temperature === undefined ? {} : { temperature: input.temperature }),
				...(input.seed === undefined ? {} : { seed: input.seed }),
			},
			// The settings' system prompt is for the person's own conversations, so it is left out, as in the API.
			systemPrompt: [recipe?.systemPrompt, input.system].filter((text) => text?.trim()).join('\n\n'),
			options: {
				presetId: null,
				sampling: recipe?.sampling ?? {},
				contextSize: recipe?.contextSize ?? null,
				prompt: recipe?.prompt ?? null,
				...(input.json_schema === undefined ? {} : { answerFormat: JSON.stringify(input.json_schema) }),
			},
		});
		const { generation, content, reasoning, status } = message;
		return {
			model: `${model.name} ${model.quantization}`.trim(),
			alias,
			text: content,
			reasoning,
			stop_reason: generation?.stopReason ?? status,
			prompt_tokens: generation?.promptTokens ?? 0,
			completion_tokens: generation?.completionTokens ?? 0,
			tokens_per_second: generation?.tokensPerSecond ?? null,
			seed: generation?.sampling.seed ?? null,
		};
	},
});

function turnsOf({
	prompt,
	messages = [],
}: {
	readonly prompt?: string | undefined;
	readonly messages?: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[] | undefined;
}): TemporaryInput['turns'] {
	const turns = [...messages, ...(prompt === undefined ? [] : [{ role: 'user' as const, content: prompt }])];
	if (turns.length > 0) return turns;
	throw new Failure({
		code: 'message-empty',
		message: 'There is nothing to answer.',
		next: ['Give prompt, or messages that end with a user message'],
	});
}

/** Starts the answer, follows it to its end, and stops it if the call is cancelled. Throws the Failure of the answer. */
async function answered({ client, signal, report }: ToolCall, input: TemporaryInput): Promise<Message> {
	signal.throwIfAborted();
	const { id } = await client.generations.startTemporary(input);
	const stop = (): void => void client.generations.stop({ id }).catch(() => {});
	signal.addEventListener('abort', stop);
	// It may have been cancelled while the answer started.
	if (signal.aborted) stop();
	try {
		for await (const update of await client.generations.subscribe({ id })) {
			signal.throwIfAborted();
			switch (update.type) {
				case 'loading':
					report(0, null, update.stage === 'queued' ? 'Waiting for other answers' : `Loading ${update.modelName}`);
					break;
				case 'prompt':
					report(0, null, `Reading the prompt: ${update.processed} of ${update.total} tokens`);
					break;
				case 'tokens':
					report(update.completionTokens, null, `${update.completionTokens} tokens written`);
					break;
				case 'end':
					if (update.message.failure !== null) throw new Failure(update.message.failure);
					return update.message;
				case 'round':
				case 'snapshot':
					break;
			}
		}
	} finally {
		signal.removeEventListener('abort', stop);
	}
	throw new Error('the answer ended without its last update');
}
