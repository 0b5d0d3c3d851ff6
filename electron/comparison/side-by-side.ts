import { isDeepStrictEqual } from 'node:util';
import { list, type Said, said, spoken } from '../../models/contract/said.ts';
import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { Comparison, ComparisonRow, SideBySide } from '../contract/comparison/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all } from '../database/sql.ts';

type Pair = NonNullable<SideBySide['pair']>;
type Side = Pair['files'][number]['sides'][number];

/** Processors round differently: perplexities of the same weights on the same text differ by less than this share. */
const samePerplexity = 0.005;
/** KL divergences differ by less than this share and these nats. */
const sameDivergence = { share: 0.05, nats: 0.001 };

function sideOf(row: ComparisonRow): Side {
	const { prompt, generation, loadMs, peakBytes } = row;
	const quality = overallQuality(row);
	return {
		perplexity: quality?.perplexity ?? null,
		klDivergence: quality?.klDivergence ?? null,
		prompt,
		generation,
		loadMs,
		peakBytes,
	};
}

/** null: no text, chunk for chunk the same, was measured on both. */
function agreement(a: ComparisonRow, b: ComparisonRow, sameReference: boolean): boolean | null {
	const texts = a.quality.flatMap((one) => {
		if (one.textSha256 === null) return [];
		const other = b.quality.find(({ textSha256, tokens }) => textSha256 === one.textSha256 && tokens === one.tokens);
		return other === undefined ? [] : [{ one, other }];
	});
	if (texts.length === 0) return null;
	return texts.every(({ one, other }) => {
		const perplexity = Math.abs(one.perplexity / other.perplexity - 1) <= samePerplexity;
		// Divergences are comparable only if they are from the same reference.
		if (!sameReference || !perplexity) return perplexity;
		const apart = Math.abs(one.klDivergence - other.klDivergence);
		const most = sameDivergence.nats + sameDivergence.share * Math.max(one.klDivergence, other.klDivergence);
		return apart <= most;
	});
}

function hasSameWeights(a: ComparisonRow, b: ComparisonRow): boolean {
	const adapters = (row: ComparisonRow) => row.adapters.map(({ sha256, scale }) => [sha256, scale]);
	return a.sha256 === b.sha256 && isDeepStrictEqual(adapters(a), adapters(b));
}

function referenceOf({ rows }: Comparison): string | null {
	return rows.find(({ reference }) => reference)?.sha256 ?? null;
}

const conditionNames: Record<string, Said> = {
	engine: said`Engine`,
	processor: said`Processor`,
	cores: said`Cores`,
	threads: said`Threads`,
	memoryBytes: said`Memory`,
	highestLoadBefore: said`Load before`,
	systemInfo: said`Instruction sets`,
	gpu: said`GPU`,
	speedOn: said`Speed measured on`,
	qualityOn: said`Quality measured on`,
};

function conditionText(name: string, value: string | number | undefined): string {
	if (value === undefined) return '';
	if (name === 'memoryBytes') return `${(Number(value) / 1e9).toFixed(1)} GB`;
	return typeof value === 'number' ? String(Number(value.toFixed(2))) : value;
}

function wordsOf(files: Pair['files']): Said {
	const namesWhere = (agrees: boolean | null): string[] =>
		files.filter((file) => file.agrees === agrees).map(({ name }) => name);
	const [apart, open] = [namesWhere(false), namesWhere(null)];
	if (apart.length > 0) {
		return said`Quality differs for ${list(apart)}. The same weights on the same texts must give the same numbers, so one engine computes something else. Find out why before you compare speeds.`;
	}
	if (open.length === files.length) {
		return said`The two were not measured on the same texts, so whether quality agrees is not known; speeds stand side by side.`;
	}
	if (open.length === 0) {
		return said`Quality agrees, as the same weights must. The computers differ only in speed and memory.`;
	}
	return open.length === 1
		? said`Quality agrees, as the same weights must. The computers differ only in speed and memory; ${list(open)} has no text in common.`
		: said`Quality agrees, as the same weights must. The computers differ only in speed and memory; ${list(open)} have no text in common.`;
}

/**
 * Puts two comparisons side by side, matching files by their weights; null if they share none. Draws no joint verdict.
 */
export function compareSideBySide(first: Comparison, second: Comparison): Pair | null {
	const sameReference = referenceOf(first) !== null && referenceOf(first) === referenceOf(second);
	const files = first.rows.flatMap((row) => {
		const other = row.sha256 === null ? undefined : second.rows.find((one) => hasSameWeights(one, row));
		if (row.sha256 === null || other === undefined) return [];
		const sides: [Side, Side] = [sideOf(row), sideOf(other)];
		return [{ name: row.name, sha256: row.sha256, sides, agrees: agreement(row, other, sameReference) }];
	});
	if (files.length === 0) return null;
	const known = [...new Set([...Object.keys(conditionNames), ...Object.keys(first.conditions)])].filter(
		(name) => name in first.conditions || name in second.conditions,
	);
	return spoken({
		otherId: second.id,
		machines: [first.importedFrom, second.importedFrom],
		files,
		conditions: known.map((name) => ({
			...spoken({ name: conditionNames[name] ?? name }),
			sides: [conditionText(name, first.conditions[name]), conditionText(name, second.conditions[name])],
		})),
		words: wordsOf(files),
	});
}

interface Row {
	readonly id: number;
	readonly imported: number;
	readonly sha256: string;
}

/** The files of each comparison, by their weights. Newest first. */
function filesOf(database: ReadableDatabase): readonly Row[] {
	return all<Row>(
		database,
		`SELECT c.id, 0 AS imported, f.sha256, c.created_at AS at FROM comparisons c
		 JOIN comparison_candidates p ON p.comparison_id = c.id JOIN model_files f ON f.id = p.model_file_id
		 WHERE f.sha256 IS NOT NULL
		 UNION ALL
		 SELECT c.id, 1, value ->> 'sha256', c.created_at FROM comparisons c, json_each(c.imported, '$.rows')
		 WHERE c.imported IS NOT NULL AND value ->> 'sha256' IS NOT NULL
		 ORDER BY at DESC, 1 DESC`,
	);
}

/**
 * A comparison and one of the same files from another computer, side by side. The partners of a local comparison are
 * imported ones; those of an imported one are all others. `otherId` null: the newest.
 */
export function findSideBySide(
	database: ReadableDatabase,
	view: (id: number) => Comparison,
	id: number,
	otherId: number | null,
): SideBySide {
	const first = view(id);
	const own = new Set(first.rows.flatMap(({ sha256 }) => sha256 ?? []));
	const ids = new Set(
		filesOf(database).flatMap((row) =>
			row.id !== id && own.has(row.sha256) && (row.imported === 1 || first.importedFrom !== null) ? [row.id] : [],
		),
	);
	const partners = [...ids].map(view);
	const chosen = partners.find((one) => one.id === otherId) ?? partners[0];
	return {
		partners: partners.map(({ id: partnerId, title, importedFrom }) => ({
			id: partnerId,
			title,
			machine: importedFrom,
		})),
		pair: chosen === undefined ? null : compareSideBySide(first, chosen),
	};
}
