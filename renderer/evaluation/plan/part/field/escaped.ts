const marks = { '\n': 'n', '\t': 't', '\r': 'r' } as const;

/** A text on one line: line ends and tabs are written as \n and \t. While one types, a backslash at the end stands for itself. */
export function escapeText(text: string): string {
	return text
		.replaceAll(/\\(?=[\\ntr\n\t\r])/g, String.raw`\\`)
		.replaceAll(/[\n\t\r]/g, (plain) => `\\${marks[plain as keyof typeof marks]}`);
}

/** The other way round; a backslash before anything else stands for itself. */
export function unescapeText(written: string): string {
	return written.replaceAll(/\\([\\ntr])/g, (_, mark: string) =>
		mark === '\\' ? '\\' : (Object.entries(marks).find(([, known]) => known === mark)?.[0] ?? mark),
	);
}
