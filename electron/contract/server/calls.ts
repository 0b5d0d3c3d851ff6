import { z } from 'zod';
import { byId, call } from '../call.ts';
import { modelFileSchema } from '../library/schema.ts';
import { mcpClientSchema, mcpConfigSchema } from './mcp-config.ts';
import { aliasInputSchema, aliasNameSchema, aliasSchema, recipeSchema } from './recipe.ts';
import { requestCalls } from './request-calls.ts';
import { serverKeyNameSchema, serverKeySchema, serverScopeSchema, serverStatusSchema } from './schema.ts';
import { scoreChoicesInputSchema, scoredChoicesSchema } from './score-choices.ts';

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
	/** By name. */
	aliases: call.output(z.object({ aliases: z.array(aliasSchema) })),
	/** The changes of a name, newest first. */
	aliasHistory: call.input(z.object({ name: z.string().max(200) })).output(z.object({ changes: z.array(aliasSchema) })),
	/**
	 * Makes a name stand for a model with a recipe. `before`: the change that counted until now; null: none. FAILED
	 * `alias-taken`, `model-unknown`, `preset-unknown`, `arm-unknown`, `arm-not-for-chat`.
	 */
	setAlias: call.input(aliasInputSchema).output(z.object({ alias: aliasSchema, before: aliasSchema.nullable() })),
	/** The name stands for nothing from now on. FAILED `alias-unknown`. */
	removeAlias: call.input(z.object({ name: aliasNameSchema })).output(aliasSchema),
	/** Makes a name what an earlier change made it. FAILED `alias-unknown`. */
	restoreAlias: call.input(byId).output(aliasSchema),
	/**
	 * The model that a name stands for in the API, and its recipe; null: the general settings. FAILED `model-unknown`,
	 * `model-ambiguous`, `no-model`, `alias-without-model`.
	 */
	resolveModel: call.input(z.object({ name: z.string().max(500).default('') })).output(
		z.object({
			model: modelFileSchema,
			/** For clients: "smollm2-135m-instruct-q4_k_m". */
			servedId: z.string(),
			alias: z.string().nullable(),
			recipe: recipeSchema.nullable(),
		}),
	),
	/** The configuration by which a program starts Assay's MCP server. */
	mcpConfig: call.input(z.object({ client: mcpClientSchema })).output(mcpConfigSchema),
	/**
	 * How likely a model finds each of some answers. Nothing is generated; measurements yield to it as to a chat. FAILED
	 * what `resolveModel` fails with, and the failures of a model that can't be loaded or measured with.
	 */
	scoreChoices: call.input(scoreChoicesInputSchema).output(scoredChoicesSchema),
};
