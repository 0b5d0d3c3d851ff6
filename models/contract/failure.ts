import { z } from 'zod';
import { type SaidFacts, said, spoken, type Words } from './said.ts';
import { saidSchema } from './said-schema.ts';

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
	/** Messages of these texts, by which the page words them in its language. */
	said: z.array(saidSchema).optional(),
});

export type FailureFacts = z.infer<typeof failureSchema>;

/** Facts whose texts may still have their messages. */
interface FailureWords extends Omit<FailureFacts, 'message' | 'next'> {
	message: Words;
	next: readonly Words[];
}

/** The one error class whose text is written for people. Anything else that is thrown is a defect. */
export class Failure extends Error {
	readonly code: string;
	readonly next: readonly string[];
	readonly detail: string | undefined;
	readonly #said: SaidFacts[] | undefined;

	constructor(words: FailureWords, options?: ErrorOptions) {
		const facts = spoken(words);
		super(facts.message, options);
		this.name = 'Failure';
		this.code = facts.code;
		this.next = facts.next;
		this.detail = facts.detail;
		this.#said = facts.said;
	}

	/** Returns plain data for a channel or a database row. */
	facts(): FailureFacts {
		return {
			code: this.code,
			message: this.message,
			next: [...this.next],
			...(this.detail === undefined ? {} : { detail: this.detail }),
			...(this.#said === undefined ? {} : { said: this.#said }),
		};
	}
}

/**
 * Turns anything thrown into facts. A Failure keeps its own; a full or failing disk and a damaged archive are no defects
 * of Assay; a defect becomes `internal` with its stack as detail.
 */
export function failureFacts(thrown: unknown): FailureFacts {
	if (thrown instanceof Failure) return thrown.facts();
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const outside = systemFacts(error);
	if (outside !== null) return { ...outside, ...(error.stack ? { detail: error.stack } : {}) };
	return spoken({
		code: 'internal',
		message: said`This is a bug in Assay: ${error.message}`,
		next: [said`Try again`, said`Save a diagnostics bundle and report it`],
		...(error.stack ? { detail: error.stack } : {}),
	});
}

/** Explains an error of the system, such as a full disk, wherever it was thrown; null: it has no better words. */
function systemFacts(error: Error & { readonly code?: unknown; readonly path?: unknown }): FailureFacts | null {
	const path = typeof error.path === 'string' ? error.path : null;
	switch (error.code) {
		case 'ENOSPC':
		case 'EDQUOT':
			return spoken({
				code: 'disk-full',
				message:
					path === null
						? said`The disk is full, so this could not be written.`
						: said`The disk is full at ${path}, so this could not be written.`,
				next: [said`Free some space, then try again`, said`Use a folder on another disk`],
			});
		case 'EIO':
			return spoken({
				code: 'disk-error',
				message: path === null ? said`The disk reported an error.` : said`The disk reported an error at ${path}.`,
				next: [said`Check the disk and its cable`, said`Use a folder on another disk`],
			});
		case 'EFBIG':
			return spoken({
				code: 'file-too-large',
				message:
					path === null
						? said`The file has reached the largest size that the disk’s format or this shell (ulimit -f) allows.`
						: said`The file at ${path} has reached the largest size that the disk’s format or this shell (ulimit -f) allows.`,
				next: [said`Lift the limit: ulimit -f unlimited`, said`Use a folder on another disk`],
			});
		case 'EMFILE':
		case 'ENFILE':
			return spoken({
				code: 'too-many-open-files',
				message: said`Assay can’t open any more files: this shell or the system limits their number (ulimit -n).`,
				next: [said`Raise the limit: ulimit -n 4096`, said`Close other programs`],
			});
		case 'Z_DATA_ERROR':
		case 'Z_BUF_ERROR':
		case 'Z_NEED_DICT':
			return spoken({
				code: 'compressed-file-damaged',
				message: said`The compressed file is damaged: it can’t be unpacked to the end.`,
				next: [said`Export or download it again`, said`Unpack it with another program, and choose what it holds`],
			});
		default:
			return null;
	}
}
