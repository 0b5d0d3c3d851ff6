import type { ImportProblem } from '../../contract/dataset/schema.ts';

/** Most problems listed individually; further ones are only counted. */
const maxListed = 200;

/** Collects what an import left out, and why, in memory independent of the file's size. */
export class ImportProblems {
	readonly #listed: ImportProblem[] = [];
	#skipped = 0;
	#replaced = 0;
	#firstReplaced: string | null = null;
	readonly #rules = new Set<string>();
	#ruled = 0;
	#firstRule: string | null = null;

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

	/** Records rules of a row that don't score by themselves. */
	notScored(where: string, rules: readonly string[]): void {
		if (rules.length === 0) return;
		this.#firstRule ??= where;
		this.#ruled += 1;
		for (const rule of rules) this.#rules.add(rule);
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
		return [...this.#listReplaced(), ...this.#listRules(), ...this.#listed];
	}

	#listRules(): ImportProblem[] {
		if (this.#firstRule === null) return [];
		const rows = this.#ruled === 1 ? '1 row has' : `${this.#ruled} rows have`;
		const rules = [...this.#rules].sort().slice(0, 12).join(', ');
		const what = `${rows} assertions that are kept, but score nothing by themselves: ${rules}. Choose scorers like them in the run`;
		return [{ where: this.#firstRule, what }];
	}

	#listReplaced(): ImportProblem[] {
		if (this.#firstReplaced === null) return [];
		const rows = this.#replaced === 1 ? '1 row holds' : `${this.#replaced} rows hold`;
		const what = `${rows} bytes that are invalid in this encoding, shown as �. Try another encoding, such as Windows-1252 (--encoding windows-1252)`;
		return [{ where: this.#firstReplaced, what }];
	}
}
