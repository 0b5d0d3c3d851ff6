import type { Extraction } from '../../../electron/contract/evaluation/technique.ts';

/** Extraction rules in display order. */
export const extractionKinds: Record<Extraction['kind'], string> = {
	whole: 'the whole output',
	after: 'what follows a mark',
	'last-line': 'the last line',
	'last-number': 'the last number',
	letter: 'the letter of a choice',
	boxed: String.raw`what stands in \boxed{…}`,
	json: 'a JSON field',
	gsm8k: 'what GSM8K counts',
	regex: 'what a pattern finds',
};

/** Describes a rule with its marker: "what follows “Answer:”". */
export function describeExtraction(extract: Extraction): string {
	switch (extract.kind) {
		case 'after':
			return `what follows “${extract.marker}”`;
		case 'json':
			return `JSON field “${extract.field}”`;
		case 'regex':
			return extract.pattern === '' ? extractionKinds.regex : `what /${extract.pattern}/ finds`;
		case 'gsm8k':
			return `what GSM8K counts, ${extract.mode === 'strict' ? 'after ####' : 'the last number'}`;
		case 'whole':
		case 'last-line':
		case 'last-number':
		case 'letter':
		case 'boxed':
			return extractionKinds[extract.kind];
	}
}

/** Creates a rule with its defaults; rules that search for the user's own text start without one. */
export function createExtraction(kind: Extraction['kind']): Extraction {
	switch (kind) {
		case 'after':
			return { kind, marker: 'Answer:' };
		case 'json':
			return { kind, field: 'answer' };
		case 'regex':
			return { kind, pattern: '', group: 1, take: 'last', ignoreCase: false };
		case 'gsm8k':
			return { kind, mode: 'strict' };
		case 'whole':
		case 'last-line':
		case 'last-number':
		case 'letter':
		case 'boxed':
			return { kind };
	}
}
