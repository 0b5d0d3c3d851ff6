import { z } from 'zod';
import { engineNames } from '../../../models/contract/engine-names.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';

export const helloSchema = z.object({
	contractVersion: z.int(),
	assayVersion: z.string(),
	host: z.enum(['window', 'browser', 'cli']),
	/** Capabilities of this host beyond the common ones: 'reveal-file', 'file-dialog', 'server-paths', … */
	capabilities: z.array(z.string()),
	dataFolder: z.string(),
	/** True while there is neither a model nor a conversation: the page opens with its first-run offer. */
	firstRun: z.boolean().optional(),
});

export const checkSchema = z.object({
	name: z.string(),
	ok: z.boolean(),
	detail: z.string(),
	/** What to do about it; null if nothing needs doing. */
	next: z.string().nullable(),
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export const doctorSchema = z.object({
	assay: z.object({ version: z.string(), node: z.string(), contractVersion: z.int() }),
	/** `name`: which engine answers in chats. */
	engine: z.object({ build: z.string(), available: z.boolean(), name: z.enum(engineNames).optional() }),
	platform: z.string(),
	cpu: z.object({ model: z.string(), cores: z.int() }),
	memory: z.object({ total: z.int(), available: z.int() }),
	gpus: z.array(z.string()),
	database: z.object({ path: z.string(), version: z.int(), integrity: z.string() }),
	models: z.int(),
	checks: z.array(checkSchema),
});

/** State of the whole application, for the status bar. */
export const statusSchema = z.object({
	engineBuild: z.string(),
	networkBlocked: z.boolean(),
	/** Set if the database was restored, set aside or opened read-only: what the user must know. */
	notice: z.object({ message: z.string(), next: z.array(z.string()), said: z.array(saidSchema).optional() }).nullable(),
	/** What the last end of the application interrupted; null: nothing. */
	interrupted: z
		.object({
			/** When it was found, in milliseconds since 1970: tells one interruption from the next. */
			at: z.int(),
			/** Answers that were being written. */
			answers: z.int(),
			/** The newest of them. */
			answer: z.object({ conversationId: z.int(), messageId: z.int() }).nullable(),
			/** Evaluation and training runs that were under way; they are paused. */
			runs: z.int(),
		})
		.nullable(),
});

export type Hello = z.infer<typeof helloSchema>;
export type Doctor = z.infer<typeof doctorSchema>;
export type DoctorCheck = z.infer<typeof checkSchema>;
export type Status = z.infer<typeof statusSchema>;
