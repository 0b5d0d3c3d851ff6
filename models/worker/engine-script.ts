import { z } from 'zod';
import { failureSchema } from '../contract/failure.ts';

/** One thing a scripted answer does. Everything is plain data, so a script also travels to a worker process. */
export const scriptStepSchema = z.discriminatedUnion('type', [
	/** Says `text` word by word; every word is a token. */
	z.object({ type: z.literal('text'), text: z.string(), tokenDelayMs: z.number().min(0).optional() }),
	/** Does nothing for a while; an abort ends it. */
	z.object({ type: z.literal('wait'), ms: z.number().min(0) }),
	/** Does nothing until it is aborted. */
	z.object({ type: z.literal('stall') }),
	/** Blocks the thread and uses CPU time, as a long native call does. */
	z.object({ type: z.literal('busy'), ms: z.number().min(0) }),
	/** Blocks the thread without using CPU time, as a deadlock does. Without `ms` it never ends. */
	z.object({ type: z.literal('hang'), ms: z.number().min(0).optional() }),
	/** Ends the worker process; in process it ends the generation with Failure `worker-crashed`. */
	z.object({
		type: z.literal('crash'),
		how: z.union([z.object({ exitCode: z.int() }), z.object({ signal: z.enum(['SIGABRT', 'SIGKILL', 'SIGSEGV']) })]),
		/** Written to stderr first, as llama.cpp does before it aborts. */
		lastWords: z.string().optional(),
	}),
	z.object({ type: z.literal('fail'), failure: failureSchema }),
]);

export type ScriptStep = z.infer<typeof scriptStepSchema>;

export const scriptSchema = z.object({
	/** Tokens (words) that prompt and answer may have together. */
	contextSize: z.int().min(16).optional(),
	/** Answers at once; one where it is left out. */
	parallelAnswers: z.int().min(1).optional(),
	/** false: a base model without a chat template. */
	chat: z.boolean().optional(),
	/** Time that each prompt token which is not cached takes. */
	promptTokenMs: z.number().min(0).optional(),
	/** Done before the engine is ready. */
	load: z.array(scriptStepSchema).optional(),
	/**
	 * The first entry whose `when` occurs in the last turn answers it; entries without `when` are used in order, the last
	 * of them again and again. No entry: the answer repeats the last turn.
	 */
	answers: z.array(z.object({ when: z.string().optional(), steps: z.array(scriptStepSchema) })).optional(),
});

export type Script = z.infer<typeof scriptSchema>;

/** Picks the answer to a turn, and remembers which unconditional entries are used up. */
export function createScriptReader(script: Script): (lastTurn: string) => readonly ScriptStep[] {
	const answers = script.answers ?? [];
	const inOrder = answers.filter((answer) => answer.when === undefined);
	let next = 0;
	return (lastTurn) => {
		const matching = answers.find((answer) => answer.when !== undefined && lastTurn.includes(answer.when));
		if (matching) return matching.steps;
		const answer = inOrder[Math.min(next, inOrder.length - 1)];
		next += 1;
		return answer?.steps ?? [{ type: 'text', text: `You said: ${lastTurn}` }];
	};
}
