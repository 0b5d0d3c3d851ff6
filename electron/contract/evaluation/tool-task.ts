import { z } from 'zod';
import { toolSchema } from '../../../models/contract/tools.ts';

/** What is scored of an answer that calls tools: see the scorer `tool-calls`. */
export const toolCallParts = ['call', 'tool', 'schema', 'arguments', 'steps', 'result'] as const;

/** Built-in tools without side effects, which really run during an evaluation. */
export const pureTools = ['calculator', 'run_javascript', 'current_time', 'calculate_date', 'convert_units'] as const;

const argumentsSchema = z.record(z.string(), z.unknown());

/**
 * The result of a call, recorded or made up. `arguments`: of which call, compared like expected arguments; left out: of
 * every call of this tool that no other recording fits.
 */
const recordingSchema = z.object({
	name: z.string().min(1).max(256),
	arguments: argumentsSchema.optional(),
	result: z.string().max(1_000_000),
	/** The tool reported an error. */
	isError: z.boolean().default(false),
});

/** A tool as JSON Schema, plain or in OpenAI's form. */
const offeredToolSchema = z.union([
	z.object({ type: z.literal('function'), function: toolSchema.extend({ strict: z.boolean().optional() }) }),
	toolSchema,
]);

/**
 * Acceptable calls, in BFCL's form: for each expected call its tool, and for each argument the list of allowed values,
 * with '' for one that may be left out. An entry with several tools accepts any of them. Empty: no call is right.
 * 'any': at least one call of an offered tool. As text it is JSON, in which 5.0 and 5 differ, as they do for BFCL.
 */
export const expectedCallsSchema = z.union([
	z.literal('any'),
	z.array(z.record(z.string(), z.record(z.string(), z.array(z.unknown())))).max(100),
]);

const callsField = z.union([expectedCallsSchema, z.string().max(1_000_000)]).nullable();

/** What a sample's metadata holds for `tools`, besides anything else. */
export const toolTaskSchema = z.object({
	tools: z.array(offeredToolSchema).max(1_000).default([]),
	/** null: only the end result counts. */
	calls: callsField.default(null),
	recordings: z.array(recordingSchema).max(1_000).default([]),
	/** Later messages of the person, each sent once the model has answered, with the calls expected then. */
	followUps: z
		.array(z.object({ input: z.string().min(1).max(100_000), calls: callsField.default(null) }))
		.max(50)
		.default([]),
});

/** The `tools` technique: which tools are offered, and how far the model may go. */
export const toolTechniqueShape = {
	/** 'required': every answer has to be a call. */
	choice: z.enum(['auto', 'required']).default('auto'),
	/** Whether the model may make several calls at once. */
	parallel: z.boolean().default(true),
	/** Built-in tools that are offered and really run. */
	builtIn: z.array(z.enum(pureTools)).max(pureTools.length).default([]),
	/** Tools for all samples, besides each sample's own. */
	tools: z.array(offeredToolSchema).max(100).default([]),
	/** Results of calls for all samples; a sample's own come first. */
	recordings: z.array(recordingSchema).max(1_000).default([]),
	/** The time that `current_time` tells. */
	now: z.iso.datetime().default('2026-01-05T09:00:00Z'),
	/** Most rounds of calls per message; the model then has to answer with what it has. */
	rounds: z.int().min(1).max(50).default(6),
	/** Most tokens that all rounds of a message may write, besides the limit of each. */
	tokens: z.int().min(16).max(1_000_000).default(4_096),
};

/** A call that a model made in a run, with its result; null: it was not run. */
const madeCallSchema = z.object({
	name: z.string(),
	/** JSON as the model wrote it. */
	arguments: z.string(),
	result: z.string().nullable(),
	isError: z.boolean(),
});

/** What a model wrote at once, up to its calls. `message`: index of the message that it answers, from 0. */
export const toolRoundSchema = z.object({
	message: z.int(),
	text: z.string(),
	calls: z.array(madeCallSchema),
	/** Why a call could not be read. */
	malformed: z.string().optional(),
	promptTokens: z.int(),
	completionTokens: z.int(),
});

export type OfferedTool = z.infer<typeof offeredToolSchema>;
export type ToolTask = z.infer<typeof toolTaskSchema>;
export type ToolTaskInput = z.input<typeof toolTaskSchema>;
export type Recording = z.infer<typeof recordingSchema>;
export type MadeCall = z.infer<typeof madeCallSchema>;
export type ToolRound = z.infer<typeof toolRoundSchema>;
export type ToolCallPart = (typeof toolCallParts)[number];
