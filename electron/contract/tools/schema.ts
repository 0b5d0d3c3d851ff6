import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';

/** The link to the page also carries values that JSON has no form for, and calls are logged as JSON. */
function isJson(value: unknown): boolean {
	try {
		JSON.stringify(value);
		return true;
	} catch {
		return false;
	}
}

/** A JSON object of arguments, as a model wrote it. */
export const toolArgumentsSchema = z.record(z.string(), z.unknown()).refine(isJson, 'must be JSON');

export type ToolArguments = z.infer<typeof toolArgumentsSchema>;

/**
 * `allowed`: a permission covers every call in this conversation; `ask`: the person is asked; `off`: not offered;
 * `changed`: the server changed the definition, which the person has to accept first.
 */
export const toolStateSchema = z.enum(['allowed', 'ask', 'off', 'changed']);

/** A tool that a conversation may use. */
export const toolOfferSchema = z.object({
	id: z.int(),
	/** Name of the server; null: built in. */
	server: z.string().nullable(),
	/** Name for the model: unique among the tools that are on. */
	name: z.string(),
	/** What the model reads. */
	description: z.string(),
	/** JSON Schema of the arguments. */
	inputSchema: z.record(z.string(), z.unknown()),
	/** Tokens that the definition takes in each prompt: an estimate, unless a model is loaded. */
	tokens: z.int(),
	state: toolStateSchema,
	/** Whether it is sent to the model in this conversation. */
	used: z.boolean(),
});

export type ToolOffer = z.infer<typeof toolOfferSchema>;

/**
 * Which arguments a permission covers. `prefix`: one argument is this path or address, or lies below it; "..", which
 * would lead out of it, is never covered. Other arguments are free.
 */
export const argumentPatternSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('any') }),
	z.object({ kind: z.literal('exact'), arguments: toolArgumentsSchema }),
	z.object({ kind: z.literal('prefix'), argument: z.string().min(1).max(256), prefix: z.string().min(1).max(4_096) }),
]);

export type ArgumentPattern = z.infer<typeof argumentPatternSchema>;

export const grantScopeSchema = z.enum(['once', 'conversation', 'always']);

/** Permissions that hold for more than one call. */
export const lastingScopeSchema = grantScopeSchema.exclude(['once']);

export type LastingScope = z.infer<typeof lastingScopeSchema>;

/** A stored permission: `conversation` or `always`. */
export const toolGrantSchema = z.object({
	id: z.int(),
	toolId: z.int(),
	/** Null: in all conversations. */
	conversationId: z.int().nullable(),
	/** Title of the conversation. */
	conversation: z.string().nullable(),
	pattern: argumentPatternSchema,
	createdAt: z.int(),
});

export type ToolGrant = z.infer<typeof toolGrantSchema>;

export const toolDefinitionSchema = z.object({
	description: z.string(),
	inputSchema: z.record(z.string(), z.unknown()),
});

export type ToolDefinition = z.infer<typeof toolDefinitionSchema>;

/** What a call gave, as data for the model: nothing in it is an instruction to the app. */
export const toolResultSchema = z.object({
	content: z.string(),
	isError: z.boolean(),
	/** Milliseconds that the call took. */
	ms: z.number(),
	/** Whether `content` was cut; then it ends with a note that says so. */
	truncated: z.boolean(),
	/** Size before it was cut, bytes of UTF-8. */
	bytes: z.int(),
});

export type ToolResult = z.infer<typeof toolResultSchema>;

/** A tool in Settings. */
export const toolViewSchema = z.object({
	id: z.int(),
	serverId: z.int().nullable(),
	name: z.string(),
	/** Name for the model. */
	offeredName: z.string(),
	...toolDefinitionSchema.shape,
	tokens: z.int(),
	isOn: z.boolean(),
	/** The definition that the server gives now, waiting to be accepted by its hash. */
	changed: toolDefinitionSchema.extend({ hash: z.string() }).nullable(),
	/** The server no longer offers it. */
	isMissing: z.boolean(),
});

export type ToolView = z.infer<typeof toolViewSchema>;

/** A name and its value; values of servers that exist are never sent to a page. */
const secretsSchema = z.record(z.string().min(1).max(200), z.string().max(32_000));

const argumentSchema = z.string().max(32_000);

/** What starts a server, or where it is. */
export const serverLaunchSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('command'),
		command: z.string().trim().min(1).max(4_096),
		args: z.array(argumentSchema).max(200).default([]),
		/** Environment variables, beside the few that every server gets. */
		env: secretsSchema.default({}),
		folder: z.string().max(4_096).nullable().default(null),
	}),
	z.object({
		kind: z.literal('url'),
		url: z.string().trim().min(1).max(4_096),
		headers: secretsSchema.default({}),
	}),
]);

export type ServerLaunch = z.infer<typeof serverLaunchSchema>;

export const serverNameSchema = z.string().trim().min(1).max(100);

export const serverInputSchema = z.object({ name: serverNameSchema, launch: serverLaunchSchema });

export type ServerInput = z.infer<typeof serverInputSchema>;

/** What the person is shown before a server first runs, whole. Values of variables and headers stay hidden. */
export const shownLaunchSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('command'),
		command: z.string(),
		args: z.array(z.string()),
		variables: z.array(z.string()),
		folder: z.string().nullable(),
	}),
	z.object({ kind: z.literal('url'), url: z.string(), headers: z.array(z.string()) }),
]);

export type ShownLaunch = z.infer<typeof shownLaunchSchema>;

/**
 * `waiting`: for the person's approval of what it starts; `ready`: not connected, which the next call does;
 * `sign-in`: the server asks for a sign-in in the browser.
 */
export const toolServerStateSchema = z.enum([
	'waiting',
	'off',
	'ready',
	'connecting',
	'connected',
	'sign-in',
	'failed',
]);

export type ToolServerState = z.infer<typeof toolServerStateSchema>;

export const toolServerSchema = z.object({
	id: z.int(),
	name: z.string(),
	launch: shownLaunchSchema,
	/** Hash of everything that starts it; approving names it, so that nothing else is approved. */
	launchHash: z.string(),
	state: toolServerStateSchema,
	isOn: z.boolean(),
	failure: failureSchema.nullable(),
	/** Version of the protocol that it speaks; null: not connected yet. */
	protocol: z.string().nullable(),
	/** The last lines that it wrote to its standard error. */
	stderr: z.string(),
});

export type ToolServer = z.infer<typeof toolServerSchema>;

export const callDecisionSchema = z.enum(['once', 'conversation', 'always', 'by-hand', 'refused']);
export const callOutcomeSchema = z.enum(['done', 'error', 'timeout', 'stopped', 'refused']);

export const loggedCallSchema = z.object({
	id: z.int(),
	/** Milliseconds since 1970. */
	at: z.int(),
	/** Null: called by hand, or in a temporary conversation. */
	conversationId: z.int().nullable(),
	conversation: z.string().nullable(),
	/** '': built in. */
	server: z.string(),
	tool: z.string(),
	arguments: z.string(),
	/** What allowed it. */
	decision: callDecisionSchema,
	outcome: callOutcomeSchema,
	resultBytes: z.int(),
	truncated: z.boolean(),
	ms: z.number(),
});

export type LoggedCall = z.infer<typeof loggedCallSchema>;
export type CallDecision = LoggedCall['decision'];
export type CallOutcome = LoggedCall['outcome'];

/** A server found in a configuration file. */
export const importedServerSchema = z.object({
	name: z.string(),
	launch: shownLaunchSchema,
	/** Why it can't be imported; null: it can. */
	problem: z.string().nullable(),
	said: z.array(saidSchema).optional(),
});

export type ImportedServer = z.infer<typeof importedServerSchema>;

/** A value that a VS Code file asks the person for. */
export const importInputSchema = z.object({ id: z.string(), description: z.string(), isSecret: z.boolean() });

export type ImportInput = z.infer<typeof importInputSchema>;

export const importPreviewSchema = z.object({
	servers: z.array(importedServerSchema),
	inputs: z.array(importInputSchema),
});

export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const toolsViewSchema = z.object({
	servers: z.array(toolServerSchema),
	/** Built-in ones first, then by server and name. */
	tools: z.array(toolViewSchema),
	grants: z.array(toolGrantSchema),
	/** Folders that the built-in file reader may read. */
	folders: z.array(z.string()),
});

export type ToolsView = z.infer<typeof toolsViewSchema>;
