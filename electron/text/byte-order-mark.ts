import type { TextEncoding } from '../contract/text-encoding.ts';

/** The encoding that the byte order mark at the beginning of a text states; null: it has none. */
export function encodingByMark([first, second, third]: Uint8Array): TextEncoding | null {
	if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}
