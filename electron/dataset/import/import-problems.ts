import type { ImportProblem } from '../../contract/dataset/schema.ts';

/** Most problems listed individually; further ones are only counted. */
const maxListed = 200;

/** Collects what an import left out, and why, in memory independent of the file's size. */
export class ImportProblems {
	readonly #listed: ImportProblem[] = [];
	#skipped = 0;
	#replaced = 0;
	#firstReplaced: string | null = null;

	/** Records a row that is not imported. */
	skip(where: string, what: string): void {
		this.#skipped += 1;
		if (this.#listed.length < maxListed) this.#listed.push({ where, what: `Skipped: ${what}` });
	}

	/** Records a row imported with U+FFFD in place of unreadable bytes. */
	replaced(where: string): void {
		this.#replaced += 1;
		this.#firstReplaced ??= where;
	}

	/** Records a whole file that is not imported; the others are. */
	passOver(file: string, why: string): void {
		this.note(file, `Skipped: ${why.startsWith(`${file} `) ? `it${why.slice(file.length)}` : why}`);
	}

	note(where: string, what: string): void {
		if (this.#listed.length < maxListed) this.#listed.push({ where, what });
	}

	/** true: some bytes are no text in the encoding of their file. */
	get hasReplaced(): boolean {
		return this.#replaced > 0;
	}

	get skipped(): number {
		return this.#skipped;
	}

	list(): ImportProblem[] {
		if (this.#firstReplaced === null) return this.#listed;
		const rows = this.#replaced === 1 ? '1 row holds' : `${this.#replaced} rows hold`;
		const what = `${rows} bytes that are invalid in this encoding, shown as �. Try another encoding, such as Windows-1252 (--encoding windows-1252)`;
		return [{ where: this.#firstReplaced, what }, ...this.#listed];
	}
}
