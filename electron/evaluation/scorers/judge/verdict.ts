/** What a judge wrote, read by the grammar's form; verdict null: it wrote none of `verdicts`. */
export function readVerdict<Verdict extends string>(
	text: string,
	verdicts: readonly Verdict[],
): { verdict: Verdict | null; reasons: string } {
	const trimmed = text.trim();
	const parts = /^Reasons: (.*)\nVerdict: (.*)$/s.exec(trimmed);
	const word = (parts?.[2] ?? trimmed).trim();
	return { verdict: verdicts.find((verdict) => verdict === word) ?? null, reasons: parts?.[1]?.trim() ?? '' };
}
