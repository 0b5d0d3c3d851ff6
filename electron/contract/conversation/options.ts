import { z } from 'zod';
import { samplingSchema } from '../../../models/contract/sampling.ts';

/** Sampling as far as it was chosen. What is left out comes from the next in line: conversation, preset, settings. */
export const samplingChoicesSchema = samplingSchema.partial();

/** Tokens; null leaves it to the next in line, at last to what fits in memory. */
export const contextSizeChoiceSchema = z.int().min(128).max(16_777_216).nullable();

/** What answers are held to: any JSON, or a JSON Schema as its text; left out: anything. */
export const answerFormatSchema = z.string().min(1).max(200_000).optional();

/** How the answers of one conversation are made, beside its system prompt and its model. */
export const answerOptionsSchema = z.object({
	presetId: z.int().nullable(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	answerFormat: answerFormatSchema,
});

/** A named way to answer. Its numbers hold where a conversation has none of its own; its system prompt is copied. */
export const presetSchema = z.object({
	id: z.int(),
	name: z.string(),
	systemPrompt: z.string(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
});

export const presetInputSchema = z.object({
	name: z.string().trim().min(1).max(80),
	systemPrompt: z.string().max(1_000_000).default(''),
	sampling: samplingChoicesSchema.default({}),
	contextSize: contextSizeChoiceSchema.default(null),
});

/** The message of another conversation that a conversation began as a copy up to. */
export const originSchema = z.object({ conversationId: z.int(), messageId: z.int(), title: z.string() });

export type SamplingChoices = z.infer<typeof samplingChoicesSchema>;
export type AnswerOptions = z.infer<typeof answerOptionsSchema>;
export type Preset = z.infer<typeof presetSchema>;
export type PresetInput = z.infer<typeof presetInputSchema>;
