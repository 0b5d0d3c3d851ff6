/** A template can't be parsed or rendered. The message says why, and where in the template. */
export class TemplateFault extends Error {
	override readonly name = 'TemplateFault';
	readonly line: number | null;

	constructor(cause: string, line: number | null = null) {
		super(line === null ? cause : `${cause} (line ${line} of the template)`);
		this.line = line;
	}
}

/** The template's own refusal, by `raise_exception`, in its own words. */
export class TemplateRefusal extends Error {
	override readonly name = 'TemplateRefusal';
}

/** Reports as a fault that the template goes deeper, or writes more, than JavaScript can. */
export function withoutOverflow<Result>(run: () => Result): Result {
	try {
		return run();
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new TemplateFault('it is nested too deep, calls itself without an end, or writes without an end');
	}
}
