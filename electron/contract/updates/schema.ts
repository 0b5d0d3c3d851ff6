import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';

/** A newer version, from a manifest whose signature was checked. */
export const updateSchema = z.object({
	version: z.string(),
	/** Milliseconds since 1970. */
	releasedAt: z.int(),
	/** Release notes in plain text. */
	notes: z.string(),
	/** Size of the download. */
	bytes: z.int(),
	/** Host that it comes from. */
	host: z.string(),
});

export const updateStatusSchema = z.discriminatedUnion('state', [
	/** This host never looks for updates; `message` says where they come from. */
	z.object({ state: z.literal('elsewhere'), message: z.string(), said: z.array(saidSchema).optional() }),
	/** `checkedAt`: when this version was last found to be the newest; null: never. */
	z.object({ state: z.literal('idle'), checkedAt: z.int().nullable() }),
	z.object({ state: z.literal('checking') }),
	/** `postponed`: the user chose "Later". */
	z.object({ state: z.literal('available'), update: updateSchema, postponed: z.boolean() }),
	z.object({
		state: z.literal('downloading'),
		update: updateSchema,
		receivedBytes: z.int(),
		bytesPerSecond: z.number().nullable(),
		secondsLeft: z.number().nullable(),
	}),
	/** Downloaded and verified. `onQuit`: it will be installed when Assay quits; `canCancel`: that can be taken back. */
	z.object({ state: z.literal('ready'), update: updateSchema, onQuit: z.boolean(), canCancel: z.boolean() }),
	/** Being handed to the system's installer; with `now`, Assay quits next. */
	z.object({ state: z.literal('installing'), update: updateSchema }),
	/** `retry`: the step to try again. */
	z.object({
		state: z.literal('failed'),
		retry: z.enum(['check', 'download', 'install']),
		update: updateSchema.nullable(),
		failure: failureSchema,
	}),
]);

export type Update = z.infer<typeof updateSchema>;
export type UpdateStatus = z.infer<typeof updateStatusSchema>;
