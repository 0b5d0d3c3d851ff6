import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { keyLimitsSchema } from './request-log.ts';

/** What a client may do with a key. */
export const serverScopes = [
	'inference',
	'embeddings',
	'evaluation',
	'feedback',
	/** Reading conversations. */
	'conversations',
	'administration',
] as const;

export const serverScopeSchema = z.enum(serverScopes);

export type ServerScope = z.infer<typeof serverScopeSchema>;

/** A client's key. The key itself is shown once and not stored. */
export const serverKeySchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Its first characters, by which a person recognises it. */
	beginning: z.string(),
	scopes: z.array(serverScopeSchema),
	createdAt: z.int(),
	/** Milliseconds since 1970, to the minute; null: never used. */
	lastUsedAt: z.int().nullable(),
	revokedAt: z.int().nullable(),
	limits: keyLimitsSchema,
});

export type ServerKey = z.infer<typeof serverKeySchema>;

export const serverStatusSchema = z.discriminatedUnion('state', [
	z.object({ state: z.literal('off') }),
	z.object({
		state: z.literal('on'),
		/** For example "http://127.0.0.1:4891/v1", as clients want it. */
		url: z.string(),
		port: z.int(),
		/** Requests being answered. */
		active: z.int(),
		/** Requests answered since it was switched on. */
		answered: z.int(),
	}),
	/** Switched on, but it can't listen. */
	z.object({ state: z.literal('failed'), failure: failureSchema }),
]);

export type ServerStatus = z.infer<typeof serverStatusSchema>;

/** A key's name, for people. */
export const serverKeyNameSchema = z.string().trim().min(1).max(100);
