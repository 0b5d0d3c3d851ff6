import { z } from 'zod';
import { failureSchema } from '../contract/failure.ts';

/** One step of a scripted answer. Scripts are plain data, so they can also be sent to a worker process. */
export const scriptStepSchema = z.discriminatedUnion('type', [
	/** Writes `text` word by word; every word is a token. */
	z.object({ type: z.literal('text'), text: z.string(), tokenDelayMs: z.number().min(0).optional() }),
	/** Waits; an abort ends the wait. */
	z.object({ type: z.literal('wait'), ms: z.number().min(0) }),
	/** Waits until aborted. */
	z.object({ type: z.literal('stall') }),
	/** Blocks the thread and uses CPU time, like a long native call. */
	z.object({ type: z.literal('busy'), ms: z.number().min(0) }),
	/** Blocks the thread without using CPU time, like a deadlock. Never ends without `ms`. */
	z.object({ type: z.literal('hang'), ms: z.number().min(0).optional() }),
	/** Ends the worker process; an in-process engine ends the generation with Failure `worker-crashed`. */
	z.object({
		type: z.literal('crash'),
		how: z.union([z.object({ exitCode: z.int() }), z.object({ signal: z.enum(['SIGABRT', 'SIGKILL', 'SIGSEGV']) })]),
		/** Written to stderr first, like llama.cpp's message before an abort. */
		lastWords: z.string().optional(),
	}),
	z.object({ type: z.literal('fail'), failure: failureSchema }),
]);

export type ScriptStep = z.infer<typeof scriptStepSchema>;

export const scriptSchema = z.object({
	/** Limit for prompt and answer together, in tokens (words). */
	contextSize: z.int().min(16).optional(),
	/** Answers computed at once; default 1. */
	parallelAnswers: z.int().min(1).optional(),
	/** false for a base model without a chat template. */
	chat: z.boolean().optional(),
	/** true for a template that opens the reasoning: its prompts end inside a thinking tag. */
	opensReasoning: z.boolean().optional(),
	/** Time per uncached prompt token. */
	promptTokenMs: z.number().min(0).optional(),
	/** Length of the vectors of an embedding model; default 8. */
	dimensions: z.int().min(1).optional(),
	/** Steps before the engine is ready. */
	load: z.array(scriptStepSchema).optional(),
	/**
	 * The first entry whose `when` occurs in the last turn answers it; entries without `when` are used in order, the
	 * last one repeatedly. Without a matching entry, the answer repeats the last turn.
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
