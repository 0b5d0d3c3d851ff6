/** Takes out of a text what says who and where a person is. */
export type Redact = (text: string) => string;

/** Names shorter than this also stand within ordinary words. */
const minNameLength = 3;

/** V8 quotes what it could not parse, and that may be anything. */
const jsonExcerpt = /Unexpected (?:token|non-whitespace character|end of JSON input|string|number)[^\n]*/g;

/** A link stands in what a model or a person wrote; this computer's own addresses don't. */
const link = /\b(?:https?|ftp|wss?):\/\/(?!(?:127\.0\.0\.1|localhost)\b)[^\s"'<>)\]]+/gi;

/** What a page's link was that the window did not open (electron/shell/confine-pages.ts). */
const refusedLink = /refused to open .*?: not a web address/g;

/** Folders become `<data>` and `~`, the person's and the computer's name `<user>` and `<host>`, links `<link>`. */
export function createRedact(names: {
	readonly dataFolder: string;
	readonly home: string;
	readonly user: string;
	readonly host: string;
}): Redact {
	// The data folder usually lies below the home folder.
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
		let clean = text
			.replace(jsonExcerpt, 'Unexpected …')
			.replace(refusedLink, 'refused to open <link>: not a web address')
			.replace(link, '<link>');
		for (const [folder, mark] of folders) {
			// As it is, and as JSON writes a Windows path.
			for (const written of [folder, JSON.stringify(folder).slice(1, -1)]) clean = clean.replaceAll(written, mark);
		}
		for (const [name, mark] of words) clean = clean.replace(wholeWord(name), mark);
		return clean;
	};
}

function wholeWord(name: string): RegExp {
	return new RegExp(`(?<![\\w])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`, 'gi');
}
