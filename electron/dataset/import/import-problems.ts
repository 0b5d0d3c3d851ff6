import type { ImportProblem } from '../../contract/dataset/schema.ts';

/** So many are told one by one; more are only counted. */
const maxListed = 200;

/** What was left out of an import, and why, in a memory that does not grow with the file. */
export class ImportProblems {
	readonly #told: ImportProblem[] = [];
	#skipped = 0;
	#replaced = 0;
	#firstReplaced: string | null = null;

	/** A row that does not come in. */
	skip(where: string, what: string): void {
		this.#skipped += 1;
		if (this.#told.length < maxListed) this.#told.push({ where, what: `Left out: ${what}` });
	}

	/** A row that comes in with U+FFFD in the place of what could not be read. */
	replaced(where: string): void {
		this.#replaced += 1;
		this.#firstReplaced ??= where;
	}

	/** A whole file that does not come in; the others do. */
	passOver(file: string, why: string): void {
		this.note(file, `Left out: ${why.startsWith(`${file} `) ? `it${why.slice(file.length)}` : why}`);
	}

	note(where: string, what: string): void {
		if (this.#told.length < maxListed) this.#told.push({ where, what });
	}

	get skipped(): number {
		return this.#skipped;
	}

	list(): ImportProblem[] {
		if (this.#firstReplaced === null) return this.#told;
		const rows = this.#replaced === 1 ? '1 row holds' : `${this.#replaced} rows hold`;
		const what = `${rows} bytes that are no text in this encoding; � stands in their place`;
		return [{ where: this.#firstReplaced, what }, ...this.#told];
	}
}
