import { list, type Said, said, sentences, spoken, type Words } from '../../models/contract/said.ts';
import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { ComparisonRow, Verdict } from '../contract/comparison/schema.ts';
import { topWords } from './verdict-words.ts';

/** "Q8_0 picks the same next token as F16 97 % of the time, Q4_K_M 86 %." */
function qualitySentence(rows: readonly ComparisonRow[], reference: Words): Said | null {
	const [first, ...others] = rows.flatMap((row) => {
		const quality = overallQuality(row);
		return row.reference || quality === undefined ? [] : [{ name: row.name, share: topWords(quality.sameTop) }];
	});
	if (first === undefined) return null;
	if (others.length === 0) {
		return said`${first.name} picks the same next token as ${reference} ${first.share} of the time.`;
	}
	const rest = others.map(({ name, share }) => `${name} ${share}`);
	return said`${first.name} picks the same next token as ${reference} ${first.share} of the time, ${list(rest, 'comma')}.`;
}

/** "F16 generates 31 tok/s, Q4_K_M 62." */
function speedSentence(rows: readonly ComparisonRow[]): Said | null {
	const [first, ...others] = rows.flatMap(({ name, generation }) =>
		generation === null ? [] : [{ name, speed: Math.round(generation.median) }],
	);
	if (first === undefined) return null;
	if (others.length === 0) return said`${first.name} generates ${first.speed} tok/s.`;
	const rest = others.map(({ name, speed }) => `${name} ${speed}`);
	return said`${first.name} generates ${first.speed} tok/s, ${list(rest, 'comma')}.`;
}

/**
 * Describes the figures so far without drawing a conclusion, because some files are still missing. null: no figures
 * yet.
 */
export function describeProvisional(rows: readonly ComparisonRow[]): Verdict | null {
	const reference = rows.find((row) => row.reference)?.name ?? said`the reference`;
	const figures = [qualitySentence(rows, reference), speedSentence(rows)].filter((part) => part !== null);
	if (figures.length === 0) return null;
	const noQuality = rows.filter((row) => !row.reference && overallQuality(row) === undefined);
	const noSpeed = rows.every(({ generation }) => generation === null);
	const missing = [...noQuality.map(({ name }) => name), ...(noSpeed ? [said`speed`] : [])];
	return spoken({
		text: said`So far: ${sentences(...figures)}`,
		detail: sentences(
			said`No file is recommended until all are measured.`,
			missing.length === 0 ? null : said`Not measured yet: ${list(missing)}.`,
		),
		choose: null,
		confidence: 'provisional',
	});
}
