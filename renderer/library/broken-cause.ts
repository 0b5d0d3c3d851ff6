import { t } from '../messages/t.ts';

/** Returns the file name of a path: "/models/a.gguf" → "a.gguf". */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Shortens the cause to what the row does not already say. */
export function shortenCause({ message }: { message: string }): string {
	const [, part, whole] = /is incomplete: it has ([\d.,]+) of ([\d.,]+ \w+)/.exec(message) ?? [];
	return part === undefined || whole === undefined ? message : t('Incomplete: {part} of {whole}.', { part, whole });
}
