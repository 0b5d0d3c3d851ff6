import { failureSchema } from '../../models/contract/failure.ts';
import type { Cell, Row, RowFilter, RowPage, RowsInput } from '../contract/evaluation/schema.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Parameters } from '../database/sql.ts';
import type { EvaluationContext } from './context.ts';
import { isScoredByHand, manifestOf } from './run-view.ts';
import { scorersOf } from './same-outputs.ts';
import { getArm } from './store/arms.ts';
import { getRun } from './store/runs.ts';

/** Characters of an output that a list shows. */
const excerpt = 300;

interface Side {
	readonly armId: number;
	readonly runId: number;
}

/**
 * SQL tables of `count` arms next to the samples of the first: within its run by position, in other runs by key and
 * content.
 */
function tables(sides: readonly Side[]): string {
	const joins = sides.map(({ runId }, index) => {
		const own = runId === sides[0]?.runId;
		const pair = own
			? ''
			: `LEFT JOIN eval_samples t${index} ON t${index}.run_id = :run${index} AND t${index}.key = s.key
			   AND t${index}.sha256 = s.sha256`;
		return `${pair}
		  LEFT JOIN eval_results r${index} ON r${index}.arm_id = :arm${index} AND r${index}.epoch = e.value
		   AND r${index}.position = ${own ? 's' : `t${index}`}.position
		  LEFT JOIN scores c${index} ON c${index}.result_id = r${index}.id AND c${index}.scorer = :scorer${index}`;
	});
	return `eval_samples s CROSS JOIN json_each(:epochs) e ${joins.join('\n')}`;
}

/** Output of a side; looked up only on demand, because a list of thousands of rows shows a hundred. */
function outputOf(index: number): string {
	return `(SELECT output FROM eval_outputs WHERE id = r${index}.output_id)`;
}

/** SQL condition for the rows to show. Built from numbers and constants only. */
function condition(filter: RowFilter, count: number): string {
	const each = (of: (index: number) => string): string =>
		`(${Array.from({ length: count }, (_, index) => of(index)).join(' OR ')})`;
	const last = count - 1;
	switch (filter) {
		case 'all':
			return '1';
		case 'different':
			// A side without an answer yet differs from nothing.
			return count < 2
				? '1'
				: `(r0.id IS NOT NULL AND (${Array.from({ length: last }, (_, index) => `r${index + 1}.id IS NOT NULL AND c${index + 1}.value IS NOT c0.value`).join(' OR ')}))`;
		case 'right':
			return each((index) => `c${index}.value >= :bound`);
		case 'wrong':
			return each((index) => `c${index}.value < :bound`);
		case 'tied':
			return each((index) => `c${index}.value = 0.5`);
		case 'beaten':
			return each((index) => `c${index}.value < 0.5`);
		case 'failed':
			return each((index) => `r${index}.status = 'failed'`);
		case 'unscored':
			return each((index) => `(r${index}.status = 'done' AND c${index}.value IS NULL)`);
		case 'gained':
			return `c${last}.value > c0.value`;
		case 'lost':
			return `c${last}.value < c0.value`;
	}
}

function where(filter: RowFilter, count: number): string {
	const inAnswers = Array.from(
		{ length: count },
		(_, index) =>
			` OR instr(lower(${outputOf(index)}), :search) OR instr(lower(coalesce(r${index}.answer, '')), :search)`,
	).join('');
	return `s.run_id = :run0 AND ${condition(filter, count)}
	  AND (:tag IS NULL OR EXISTS (SELECT 1 FROM json_each(s.tags) WHERE value = :tag))
	  AND (:search = '' OR instr(lower(s.input), :search) OR instr(lower(s.key), :search)
	    OR instr(lower(coalesce(s.target, '')), :search)${inAnswers})`;
}

type Found = Record<string, string | number | null>;

/** Reads a window of rows, arms side by side, on the reader's thread. Throws Failure `arm-unknown`. */
export async function rowPage(
	{ database, reader }: Pick<EvaluationContext, 'database' | 'reader'>,
	input: RowsInput,
	signal?: AbortSignal,
): Promise<RowPage> {
	const arms = input.arms.map((armId) => getArm(database, armId));
	const manifests = new Map(
		[...new Set(arms.map(({ runId }) => runId))].map((runId) => [runId, manifestOf(getRun(database, runId))] as const),
	);
	const sides = arms.flatMap((arm) => {
		const { id: armId, runId, position } = arm;
		const manifest = manifests.get(runId);
		return manifest === undefined ? [] : [{ armId, runId, position, manifest, byHand: isScoredByHand(arm) }];
	});
	const epochs = Math.min(...[...manifests.values()].map((manifest) => manifest.epochs));
	const first = sides[0]?.manifest.scorers.map(scorerName)[0] ?? '';
	const scorers = scorersOf(sides, input.scorer) ?? sides.map(() => input.scorer ?? first);
	const parameters: Parameters = {
		...Object.fromEntries(sides.map(({ armId }, index) => [`arm${index}`, armId])),
		run0: sides[0]?.runId ?? 0,
		...Object.fromEntries(
			sides.flatMap(({ runId }, index) => (runId === sides[0]?.runId ? [] : [[`run${index}`, runId]])),
		),
		...Object.fromEntries(scorers.map((scorer, index) => [`scorer${index}`, scorer])),
		tag: input.tag,
		search: input.search.toLowerCase(),
		bound: input.bound,
		epochs: JSON.stringify(Array.from({ length: epochs }, (_, epoch) => epoch)),
	};
	const narrowed = input.filter !== 'all' || input.tag !== null || input.search !== '';
	// Without a filter each sample has one row per epoch, so the samples before the page can be skipped.
	const skipped = narrowed ? 0 : Math.floor(input.offset / epochs);
	const from = `FROM ${tables(sides)} WHERE ${where(input.filter, sides.length)}`;
	const cells = sides.map(
		(_, index) => `r${index}.id AS id${index}, r${index}.status AS status${index}, r${index}.answer AS answer${index},
		 substr(${outputOf(index)}, 1, ${2 * excerpt}) AS output${index}, r${index}.failure AS failure${index}`,
	);
	const [counted] = await reader.all<{ total: number }>(`SELECT COUNT(*) AS total ${from}`, parameters, signal);
	const found = await reader.all<Found>(
		`SELECT s.position, e.value AS epoch, s.sample_id AS sampleId, s.key, s.input, s.target, s.tags, ${cells.join(', ')}
		 ${from} AND s.position >= :skipped ORDER BY s.position, e.value LIMIT :limit OFFSET :offset`,
		{ ...parameters, limit: input.limit, skipped, offset: input.offset - skipped * epochs },
		signal,
	);
	const ids = found.flatMap((row) => sides.flatMap((_, index) => row[`id${index}`] ?? []));
	const scores = await reader.all<{ resultId: number; scorer: string; value: number | null }>(
		'SELECT result_id AS resultId, scorer, value FROM scores WHERE result_id IN (SELECT value FROM json_each(:ids))',
		{ ids: JSON.stringify(ids) },
		signal,
	);
	const byResult = new Map<number, Record<string, number | null>>();
	for (const { resultId, scorer, value } of scores) {
		byResult.set(resultId, { ...byResult.get(resultId), [scorer]: value });
	}
	return { rows: found.map((row) => rowOf(row, sides, byResult)), total: counted?.total ?? 0 };
}

function rowOf(row: Found, sides: readonly Side[], scores: ReadonlyMap<number, Record<string, number | null>>): Row {
	return {
		position: Number(row.position),
		epoch: Number(row.epoch),
		sampleId: Number(row.sampleId),
		key: String(row.key),
		input: String(row.input),
		target: row.target === null ? null : String(row.target),
		tags: JSON.parse(String(row.tags)) as string[],
		cells: sides.map(({ armId }, index): Cell => {
			const id = row[`id${index}`];
			const failure = row[`failure${index}`];
			const answer = row[`answer${index}`];
			return {
				armId,
				status: (row[`status${index}`] ?? null) as Cell['status'],
				output: oneLine(String(row[`output${index}`] ?? '')),
				answer: typeof answer === 'string' ? oneLine(answer) : null,
				scores: scores.get(Number(id)) ?? {},
				failure: typeof failure === 'string' ? failureSchema.parse(JSON.parse(failure)).message : null,
			};
		}),
	};
}

function oneLine(text: string): string {
	// Most texts are one line already, and converting every one of them would be most of the cost of a page.
	const line = /[^\S ]| {2}/.test(text) ? text.replace(/\s+/g, ' ').trim() : text.trim();
	return line.length > excerpt ? `${line.slice(0, excerpt)}…` : line;
}
