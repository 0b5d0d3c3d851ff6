/** Longest automatic title, in graphemes. */
const maxLength = 60;
/** No first line worth a title is longer; the rest of a pasted book is ignored. */
const lookedAt = 2_000;

let segmenter: Intl.Segmenter | undefined;

/** Created when the first title is cut: loading its tables takes longer than a whole command that needs none. */
function graphemes(): Intl.Segmenter {
	segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
	return segmenter;
}

/**
 * Derives a conversation's title from its first message: the first line without Markdown marks, cut between words;
 * `untitled` without such a line.
 */
export function titleFromMessage(firstMessage: string, untitled = 'New conversation'): string {
	const lines = firstMessage
		.slice(0, lookedAt)
		.toWellFormed()
		.split(/[\r\n\u2028\u2029]+/);
	const line = lines.map(plain).find((candidate) => candidate !== '');
	return line === undefined ? untitled : shorten(line);
}

/** How a model begins when it talks about the title, or refuses, instead of writing it. */
const talk =
	/^(?:sure|certainly|of course|here(?:'s|’s| is)|i(?:'m|’m| am| can| have| would)|as an? |sorry|the title)\b/iu;

/** Most words of a title; more are a sentence. */
const maxWords = 10;

/** Returns the title in a model's answer; null if the answer is none. */
export function titleFromModel(answer: string): string | null {
	const line =
		answer
			.replaceAll(/<\/?think>/g, '')
			.trim()
			.split(/[\r\n]/)[0] ?? '';
	const title = plain(line)
		.replace(/^(?:title|titel|titre|título)\s*:\s*/iu, '')
		.replace(/^["'“”„«»‘’]+|["'“”„«»‘’.。:;,\s]+$/gu, '')
		.trim();
	const length = [...graphemes().segment(title)].length;
	if (length < 3 || length > maxLength || !/\p{L}/u.test(title) || talk.test(title)) return null;
	return title.split(' ').length > maxWords ? null : title;
}

/** Words in a row that a title and the request for it share by chance at most. */
const mostShared = 3;

/** Whether a title repeats the request for it, as small models do. */
export function repeatsRequest(title: string, request: string): boolean {
	const [words, asked] = [wordsOf(title), ` ${wordsOf(request).join(' ')} `];
	const run = mostShared + 1;
	return words.some(
		(_, start) => start + run <= words.length && asked.includes(` ${words.slice(start, start + run).join(' ')} `),
	);
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Distinguishes a branch from its original conversation and from other branches: "Light minutes (2)". */
export function branchTitle(title: string, branches: number): string {
	const numbered = /^(.*) \((\d{1,4})\)$/su.exec(title);
	const [base, number] = numbered === null ? [title, 1] : [numbered[1] ?? title, Number(numbered[2])];
	return `${base} (${number + branches + 1})`;
}

function plain(line: string): string {
	return line
		.replace(/^\s*(?:#{1,6}\s+|>\s*|[-*+]\s+|\d+[.)]\s+|```\w*)/u, '')
		.replaceAll(/[`*_~]{1,3}(\S(?:.*?\S)?)[`*_~]{1,3}/gu, '$1')
		.replaceAll(/[\p{Cc}\s]+/gu, ' ')
		.trim();
}

function shorten(line: string): string {
	const characters = [...graphemes().segment(line)].map(({ segment }) => segment);
	if (characters.length <= maxLength) return line;
	const cut = characters.slice(0, maxLength - 1).join('');
	const lastSpace = cut.lastIndexOf(' ');
	// Scripts without spaces, and very long words, are cut anywhere.
	return `${(lastSpace > cut.length / 2 ? cut.slice(0, lastSpace) : cut).replace(/[\s,;:.–-]+$/u, '')}…`;
}
