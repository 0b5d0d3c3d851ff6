import { z } from 'zod';

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

export type StepStatus = z.infer<typeof stepStatusSchema>;
export type AnswerStep = z.infer<typeof answerStepSchema>;
export type AnswerRound = z.infer<typeof answerRoundSchema>;

/** Joins what was written in one round to what came before. */
export function joinRounds(before: string, next: string): string {
	return before === '' || next === '' ? before + next : `${before}\n\n${next}`;
}

/** Returns the text of each round, and last what was written after them. */
export function textsOfRounds(content: string, rounds: readonly Pick<AnswerRound, 'contentEnd'>[]): readonly string[] {
	const ends = [...rounds.map(({ contentEnd }) => contentEnd), content.length];
	return ends.map((end, index) => {
		const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
		const text = content.slice(start, end);
		return start > 0 && text.startsWith('\n\n') ? text.slice(2) : text;
	});
}
