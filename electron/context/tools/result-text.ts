import type { ServerResult } from './server-protocol.ts';

/** Longest result that a model is given, characters; some 12,000 tokens of English. */
export const longestResult = 50_000;

/** Cuts a result at the limit, and says so in the text, where the model reads it. */
export function limitResult(content: string, isError: boolean): ServerResult {
	const bytes = Buffer.byteLength(content);
	const text = content.toWellFormed();
	if (text.length <= longestResult) return { content: text, isError, truncated: false, bytes };
	const shown = longestResult.toLocaleString('en');
	const whole = text.length.toLocaleString('en');
	const note = `\n\n[Cut here: the result has ${whole} characters, of which the first ${shown} are shown.]`;
	return { content: `${text.slice(0, longestResult).toWellFormed()}${note}`, isError, truncated: true, bytes };
}

/** The parts of a result of the Model Context Protocol that are known here; any field may be missing or of another type. */
interface ContentPart {
	readonly type?: unknown;
	readonly text?: unknown;
	readonly data?: unknown;
	readonly mimeType?: unknown;
	readonly uri?: unknown;
	readonly name?: unknown;
	readonly resource?: {
		readonly uri?: unknown;
		readonly text?: unknown;
		readonly blob?: unknown;
		readonly mimeType?: unknown;
	};
}

/** Returns a server's result as text. What is no text is named with its type and size. */
export function resultText(result: {
	readonly content?: readonly unknown[] | undefined;
	readonly structuredContent?: unknown;
	readonly isError?: boolean | undefined;
}): ServerResult {
	const texts = (result.content ?? []).map((part) => partText(part as ContentPart));
	const structured = result.structuredContent;
	// Servers that answer with data should repeat it as text; some don't.
	if (texts.length === 0 && structured !== undefined) texts.push(JSON.stringify(structured));
	return limitResult(texts.join('\n'), result.isError === true);
}

function partText(part: ContentPart): string {
	switch (part.type) {
		case 'text':
			return word(part.text);
		case 'image':
		case 'audio':
			return `[${part.type}: ${word(part.mimeType)}, ${base64Bytes(part.data)} bytes, not shown]`;
		case 'resource_link':
			return `[link: ${word(part.name)} ${word(part.uri)}]`;
		case 'resource': {
			const { uri, text, blob, mimeType } = part.resource ?? {};
			if (typeof text === 'string') return `[${word(uri)}]\n${text}`;
			return `[${word(uri)}: ${word(mimeType)}, ${base64Bytes(blob)} bytes, not shown]`;
		}
		default:
			return `[${word(part.type)}: not shown]`;
	}
}

function word(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

function base64Bytes(value: unknown): number {
	return typeof value === 'string' ? Math.floor((value.length * 3) / 4) : 0;
}
