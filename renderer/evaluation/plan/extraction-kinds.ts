import type { Extraction } from '../../../electron/contract/evaluation/technique.ts';
import { t } from '../../messages/t.ts';

/** Extraction rules in display order. */
export const extractionKinds: Record<Extraction['kind'], string> = {
	whole: t('the whole output'),
	after: t('the text after a marker'),
	'last-line': t('the last line'),
	'last-number': t('the last number'),
	letter: t('the letter of a choice'),
	boxed: t('the content of {command}', { command: String.raw`\boxed{…}` }),
	json: t('a JSON field'),
	gsm8k: t('the GSM8K answer'),
	regex: t('the match of a pattern'),
};

/** Describes a rule with its marker: "the text after “Answer:”". */
export function describeExtraction(extract: Extraction): string {
	switch (extract.kind) {
		case 'after':
			return t('the text after “{marker}”', { marker: extract.marker });
		case 'json':
			return t('JSON field “{field}”', { field: extract.field });
		case 'regex':
			return extract.pattern === ''
				? extractionKinds.regex
				: t('the match of {pattern}', { pattern: `/${extract.pattern}/` });
		case 'gsm8k':
			return extract.mode === 'strict' ? t('the GSM8K answer after ####') : t('the last number, as GSM8K counts');
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
