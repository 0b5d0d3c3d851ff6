import type { Technique } from './evaluation/technique.ts';

/** Keyword for any JSON; any other answer format is the text of a JSON Schema. */
export const anyJson = 'json';

/** "JSON", "JSON Schema" */
export const answerFormatName = (format: string): string => (format === anyJson ? 'JSON' : 'JSON Schema');

/** Returns the answer format that a technique asks for; undefined: none. */
export function techniqueFormat(technique: Technique | undefined): string | undefined {
	return technique !== undefined && 'answerFormat' in technique ? technique.answerFormat : undefined;
}
