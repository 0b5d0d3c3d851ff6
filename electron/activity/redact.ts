/** Removes from a text who and where the user is. */
export type Redact = (text: string) => string;

/** Shorter names also occur inside ordinary words. */
const minNameLength = 3;

/** V8 quotes the text it could not parse, which may be anything. */
const jsonExcerpt = /Unexpected (?:token|non-whitespace character|end of JSON input|string|number)[^\n]*/g;

/** Links come from text that a model or a person wrote; addresses of this computer don't. */
const link = /\b(?:https?|ftp|wss?):\/\/(?!(?:127\.0\.0\.1|localhost)\b)[^\s"'<>)\]]+/gi;

/** Removes what an error or a link quotes of the text that a model or a person wrote. */
export function withoutQuotes(text: string): string {
	return text.replace(jsonExcerpt, 'Unexpected …').replace(link, '<link>');
}

/**
 * Replaces folders with `<data>` and `~`, the user and computer name with `<user>` and `<host>`, and links with
 * `<link>`.
 */
export function createRedact(names: {
	readonly dataFolder: string;
	readonly home: string;
	readonly user: string;
	readonly host: string;
}): Redact {
	// The data folder is usually inside the home folder, so it is replaced first.
	const folders = (
		[
			[names.dataFolder, '<data>'],
			[names.home, '~'],
		] as const
	).filter(([folder]) => folder.length > 1);
	const words = (
		[
			[names.user, '<user>'],
			[names.host, '<host>'],
		] as const
	).filter(([name]) => name.length >= minNameLength && name !== 'root' && name !== 'localhost');
	return (text) => {
		let clean = withoutQuotes(text);
		for (const [folder, mark] of folders) {
			// As written, and as JSON escapes a Windows path.
			for (const written of [folder, JSON.stringify(folder).slice(1, -1)]) clean = clean.replaceAll(written, mark);
		}
		for (const [name, mark] of words) clean = clean.replace(wholeWord(name), mark);
		return clean;
	};
}

function wholeWord(name: string): RegExp {
	return new RegExp(`(?<![\\w])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`, 'gi');
}
