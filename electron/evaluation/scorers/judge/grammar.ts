/** Reasons on one line, so long at most, characters; then the verdict must follow. */
const mostReasons = 600;

/** GBNF: PASS or FAIL, with reasons before it where the judge is to give them. */
export function passGrammar(reasons: boolean): string {
	return grammarOf('"PASS" | "FAIL"', reasons);
}

/** GBNF: a grade of 1 to `best`, which is 5 or 10. */
export function gradeGrammar(best: 5 | 10, reasons: boolean): string {
	return grammarOf(best === 5 ? '[1-5]' : '"10" | [1-9]', reasons);
}

/** GBNF: the better of two answers, or neither. */
export function pairGrammar(reasons: boolean): string {
	return grammarOf('"A" | "B" | "TIE"', reasons);
}

function grammarOf(verdict: string, reasons: boolean): string {
	const rule = `verdict ::= ${verdict}`;
	if (!reasons) return `root ::= verdict\n${rule}`;
	return `root ::= "Reasons: " [^\\n]{1,${mostReasons}} "\\nVerdict: " verdict\n${rule}`;
}
