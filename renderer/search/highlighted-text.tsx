/** A match as the search marks it: enclosed in private-use characters, so that text stays text. */
const matchPattern = /\uE000([^\uE000\uE001]*)\uE001/g;

/** Plain text with highlighted matches; anything that looks like HTML stays text. */
export function HighlightedText({ text }: { text: string }) {
	const parts: React.ReactNode[] = [];
	let end = 0;
	for (const match of text.matchAll(matchPattern)) {
		parts.push(text.slice(end, match.index), <mark key={match.index}>{match[1]}</mark>);
		end = match.index + match[0].length;
	}
	parts.push(text.slice(end).replaceAll(/[\uE000\uE001]/g, ''));
	return <>{parts}</>;
}
