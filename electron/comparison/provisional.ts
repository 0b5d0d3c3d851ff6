import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { ComparisonRow, Verdict } from '../contract/comparison/schema.ts';
import { listWords } from '../contract/list-words.ts';
import { topWords } from './verdict-words.ts';

/** "Q8_0 picks the same next token as F16 97 % of the time, Q4_K_M 86 %." */
function qualitySentence(rows: readonly ComparisonRow[], reference: string): string | null {
	const [first, ...others] = rows.flatMap((row) => {
		const quality = overallQuality(row);
		return row.reference || quality === undefined ? [] : [{ name: row.name, share: topWords(quality.sameTop) }];
	});
	if (first === undefined) return null;
	const rest = others.map(({ name, share }) => `, ${name} ${share}`).join('');
	return `${first.name} picks the same next token as ${reference} ${first.share} of the time${rest}.`;
}

/** "F16 generates 31 tok/s, Q4_K_M 62." */
function speedSentence(rows: readonly ComparisonRow[]): string | null {
	const [first, ...others] = rows.flatMap(({ name, generation }) =>
		generation === null ? [] : [{ name, speed: Math.round(generation.median) }],
	);
	if (first === undefined) return null;
	return `${first.name} generates ${first.speed} tok/s${others.map(({ name, speed }) => `, ${name} ${speed}`).join('')}.`;
}

/**
 * Describes the figures so far without drawing a conclusion, because some files are still missing. null: no figures
 * yet.
 */
export function describeProvisional(rows: readonly ComparisonRow[]): Verdict | null {
	const reference = rows.find((row) => row.reference)?.name ?? 'the reference';
	const said = [qualitySentence(rows, reference), speedSentence(rows)].filter((part) => part !== null);
	if (said.length === 0) return null;
	const noQuality = rows.filter((row) => !row.reference && overallQuality(row) === undefined);
	const noSpeed = rows.every(({ generation }) => generation === null);
	const missing = [...noQuality.map(({ name }) => name), ...(noSpeed ? ['speed'] : [])];
	const open = missing.length === 0 ? '' : ` Not measured yet: ${listWords(missing)}.`;
	return {
		text: `So far: ${said.join(' ')}`,
		detail: `No file is recommended until all are measured.${open}`,
		choose: null,
		confidence: 'provisional',
	};
}
