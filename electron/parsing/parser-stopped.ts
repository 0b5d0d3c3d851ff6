import { Failure } from '../../models/contract/failure.ts';
import { type Said, said, spoken, type Words } from '../../models/contract/said.ts';

/** Limits of a parser process. */
export interface ParserLimits {
	/** Memory of the whole process, MB. */
	readonly memoryMb: number;
	/** Longest time without a sign of life, ms: a parser that works on reports progress. */
	readonly silenceMs: number;
	/** Largest message that the application takes from it, bytes. */
	readonly outputBytes: number;
}

/** Why a parser process ended before its task was done. */
export class ParserStopped extends Error {
	/** `died`: it ended by itself or was killed from outside. */
	readonly reason: 'memory' | 'time' | 'output' | 'died';
	/** The limit that was exceeded, or how it ended: "takes more than 768 MB of memory to read". */
	readonly why: Words;

	constructor(reason: ParserStopped['reason'], why: Words, lastWords: readonly string[] = []) {
		super([`the parser process ended: ${String(why)}`, ...lastWords].join('\n'));
		this.name = 'ParserStopped';
		this.reason = reason;
		this.why = why;
	}

	/**
	 * A failure for people. `what` was read, such as "the file notes.pdf", and `subject` is the same as the beginning of
	 * a sentence; `smaller` says how to get less to read.
	 */
	failure({ what, subject }: { readonly what: Said; readonly subject: Said }, smaller: readonly Said[]): Failure {
		if (this.reason === 'died') {
			return new Failure(
				{
					code: 'parser-died',
					message: said`The process that read ${what} ended unexpectedly (${this.why}). Nothing was changed.`,
					next: [said`Try again`, ...smaller],
					detail: this.message,
				},
				{ cause: this },
			);
		}
		const rest = spoken({ message: said`${subject} ${this.why}. Nothing was changed.`, next: [...smaller] });
		switch (this.reason) {
			case 'memory':
				return new Failure({ code: 'file-needs-memory', ...rest }, { cause: this });
			case 'time':
				return new Failure({ code: 'file-takes-too-long', ...rest }, { cause: this });
			case 'output':
				return new Failure({ code: 'file-yields-too-much', ...rest }, { cause: this });
		}
	}
}
