import { t } from '../messages/t.ts';
/** Returns the file name of a path: "/models/a.gguf" → "a.gguf". */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Shortens the cause to what the row does not already say. */
export function shortenCause({ message }: { message: string }): string {
	const part = /is incomplete: ([\d.,]+ of [\d.,]+ \w+ is here)/.exec(message)?.[1];
	return part === undefined ? message : t('Incomplete: {part}.', { part });
}
