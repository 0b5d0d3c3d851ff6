import { z } from 'zod';

/**
 * A failure as people see it: what happened and why (`message`), and what to do next.
 * `code` is stable and kebab-case (`model-file-truncated`); tests and the UI switch on it.
 */
export const failureSchema = z.object({
	code: z.string(),
	message: z.string(),
	next: z.array(z.string()),
	/** Technical detail for the "Details" fold: llama.cpp's last log lines, a signal, an errno. */
	detail: z.string().optional(),
});

export type FailureFacts = z.infer<typeof failureSchema>;

/** The one error class whose text is written for people. Anything else that is thrown is a defect. */
export class Failure extends Error {
	readonly code: string;
	readonly next: readonly string[];
	readonly detail: string | undefined;

	constructor(facts: FailureFacts, options?: ErrorOptions) {
		super(facts.message, options);
		this.name = 'Failure';
		this.code = facts.code;
		this.next = facts.next;
		this.detail = facts.detail;
	}

	/** Returns plain data for a channel or a database row. */
	facts(): FailureFacts {
		return {
			code: this.code,
			message: this.message,
			next: [...this.next],
			...(this.detail === undefined ? {} : { detail: this.detail }),
		};
	}
}

/** Turns anything thrown into facts: a Failure keeps its own, a defect becomes `internal` with its stack as detail. */
export function failureFacts(thrown: unknown): FailureFacts {
	if (thrown instanceof Failure) return thrown.facts();
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	return {
		code: 'internal',
		message: `Assay hit a defect: ${error.message}`,
		next: ['Try again', 'Save a diagnostics bundle and report it'],
		...(error.stack ? { detail: error.stack } : {}),
	};
}
