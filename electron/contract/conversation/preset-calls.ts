import { z } from 'zod';
import { byId, call } from '../call.ts';
import { conversationSchema } from '../conversation.ts';
import {
	answerFormatSchema,
	answerOptionsSchema,
	contextSizeChoiceSchema,
	presetInputSchema,
	presetSchema,
	samplingChoicesSchema,
} from './options.ts';

const changedOptionsSchema = z.object({ conversation: conversationSchema, options: answerOptionsSchema });

export const presetCalls = {
	/** By name. */
	list: call.output(z.object({ presets: z.array(presetSchema) })),
	/** Fails with `preset-name-taken`. */
	create: call.input(presetInputSchema).output(presetSchema),
	/** Replaces all of it. */
	update: call.input(byId.extend(presetInputSchema.shape)).output(presetSchema),
	/** Conversations that use it keep its numbers as their own; says how many. */
	remove: call.input(byId).output(z.object({ conversations: z.int() })),
};

/** Part of `conversations`. */
export const optionCalls = {
	/** Fails with `schema-invalid`, `schema-unsupported`. Replaces the conversation's own choices; what is left out comes from its preset, then from the settings. */
	setOptions: call
		.input(
			byId.extend({
				sampling: samplingChoicesSchema,
				contextSize: contextSizeChoiceSchema,
				answerFormat: answerFormatSchema,
			}),
		)
		.output(changedOptionsSchema),
	/** Copies the preset's system prompt, if it has one, and drops the conversation's own choices; null: no preset. */
	applyPreset: call.input(byId.extend({ presetId: z.int().nullable() })).output(changedOptionsSchema),
};
