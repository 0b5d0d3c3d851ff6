import { z } from 'zod';
import { argumentPatternSchema, grantScopeSchema } from '../tools/schema.ts';

/**
 * `asking`: waits for a person's permission. `failed`: the tool reported an error, or could not be reached. `refused`:
 * by a person, a rule or a limit. `interrupted`: Assay ended meanwhile.
 */
export const stepStatusSchema = z.enum([
	'waiting',
	'asking',
	'running',
	'done',
	'failed',
	'refused',
	'stopped',
	'interrupted',
]);

/** One call of a tool in an answer, with its result. Both are data: nothing in them is followed or executed. */
export const answerStepSchema = z.object({
	callId: z.string(),
	/** Name of the server whose tool it is; '': built in, or there is no such tool. */
	server: z.string(),
	/** Name of the tool, as the model is given it. */
	name: z.string(),
	/** JSON as the model wrote it. */
	arguments: z.string(),
	status: stepStatusSchema,
	/** What the model is given; null: nothing yet. */
	result: z.string().nullable(),
	/** null: it has not run. */
	startedAt: z.int().nullable(),
	durationMs: z.number().nullable(),
});

/** What a model wrote at once, up to its calls. These run together; then the model goes on with their results. */
export const answerRoundSchema = z.object({
	/** Length of the answer's content and reasoning up to these calls, in UTF-16 units. */
	contentEnd: z.int().min(0),
	reasoningEnd: z.int().min(0),
	promptTokens: z.int(),
	cachedTokens: z.int(),
	completionTokens: z.int(),
	steps: z.array(answerStepSchema),
});

/** What a person decided about a call that waits for permission. `words`: what the model is told besides. */
export const callDecisionSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('allow'),
		scope: grantScopeSchema,
		/** Which calls of the tool; for `once` it is this call. */
		pattern: argumentPatternSchema.default({ kind: 'any' }),
	}),
	z.object({ kind: z.literal('refuse'), words: z.string().max(10_000).default('') }),
]);

/** Limits of an answer that calls tools. At a limit, the model answers with what it has. */
export const toolLimitsSchema = z.object({
	/** Rounds of calls. */
	rounds: z.int().min(1).max(200),
	/** Tokens that the model writes. */
	tokens: z.int().min(100).max(1_000_000),
	/** Minutes, without those in which a person is asked. */
	minutes: z.int().min(1).max(1_440),
});

export type CallDecision = z.infer<typeof callDecisionSchema>;
export type ToolLimits = z.infer<typeof toolLimitsSchema>;
export type StepStatus = z.infer<typeof stepStatusSchema>;
export type AnswerStep = z.infer<typeof answerStepSchema>;
export type AnswerRound = z.infer<typeof answerRoundSchema>;
