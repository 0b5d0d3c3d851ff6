import { z } from 'zod';
import { byId, call } from '../call.ts';
import { requestCalls } from './request-calls.ts';
import { serverKeyNameSchema, serverKeySchema, serverScopeSchema, serverStatusSchema } from './schema.ts';

export const serverCalls = {
	status: call.output(serverStatusSchema),
	/**
	 * Switches the server on, at this port if one is given, and remembers both. Returns a key if it made the first one.
	 * FAILED `port-taken`.
	 */
	start: call
		.input(z.object({ port: z.int().min(1).max(65_535).optional() }))
		.output(z.object({ status: serverStatusSchema, key: z.string().nullable() })),
	/** Switches it off; requests being answered end with an error in the client's protocol. */
	stop: call.output(serverStatusSchema),
	/** Newest first, revoked ones too. */
	keys: call.output(z.object({ keys: z.array(serverKeySchema) })),
	/** `secret` is shown this one time. */
	addKey: call
		.input(z.object({ name: serverKeyNameSchema, scopes: z.array(serverScopeSchema).min(1) }))
		.output(z.object({ key: serverKeySchema, secret: z.string() })),
	/** The key is refused from now on. FAILED `server-key-unknown`. */
	revokeKey: call.input(byId).output(serverKeySchema),
	/** Takes a revocation back. FAILED `server-key-unknown`. */
	restoreKey: call.input(byId).output(serverKeySchema),
	...requestCalls,
};
