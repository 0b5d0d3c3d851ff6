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

/**
 * Turns anything thrown into facts: a Failure keeps its own, a full or failing disk or a damaged archive is no defect of Assay's, and a defect
 * becomes `internal` with its stack as detail.
 */
export function failureFacts(thrown: unknown): FailureFacts {
	if (thrown instanceof Failure) return thrown.facts();
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const outside = systemFacts(error);
	if (outside !== null) return { ...outside, ...(error.stack ? { detail: error.stack } : {}) };
	return {
		code: 'internal',
		message: `This is a bug in Assay: ${error.message}`,
		next: ['Try again', 'Save a diagnostics bundle and report it'],
		...(error.stack ? { detail: error.stack } : {}),
	};
}

/** What the system refused, wherever in the program it was asked; null: that says nothing to people. */
function systemFacts(error: Error & { readonly code?: unknown; readonly path?: unknown }): FailureFacts | null {
	const place = typeof error.path === 'string' ? ` at ${error.path}` : '';
	switch (error.code) {
		case 'ENOSPC':
		case 'EDQUOT':
			return {
				code: 'disk-full',
				message: `The disk is full${place}, so this could not be written.`,
				next: ['Free some space, then try again', 'Use a folder on another disk'],
			};
		case 'EIO':
			return {
				code: 'disk-error',
				message: `The disk reported an error${place}.`,
				next: ['Check the disk and its cable', 'Use a folder on another disk'],
			};
		case 'EFBIG':
			return {
				code: 'file-too-large',
				message: `The file${place} may not grow any more: the disk's format or this shell (ulimit -f) limits its size.`,
				next: ['Lift the limit: ulimit -f unlimited', 'Use a folder on another disk'],
			};
		case 'EMFILE':
		case 'ENFILE':
			return {
				code: 'too-many-open-files',
				message: 'Assay may open no more files: this shell or the system limits their number (ulimit -n).',
				next: ['Raise the limit: ulimit -n 4096', 'Close other programs'],
			};
		case 'Z_DATA_ERROR':
		case 'Z_BUF_ERROR':
		case 'Z_NEED_DICT':
			return {
				code: 'compressed-file-damaged',
				message: "The compressed file is damaged: it can't be unpacked to the end.",
				next: ['Export or download it again', 'Unpack it with another program, and choose what it holds'],
			};
		default:
			return null;
	}
}
