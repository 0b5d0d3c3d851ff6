import { armsNamed, parseArmName } from '../../../contract/evaluation/arm-name.ts';
import type { RowPage, RunComparison } from '../../../contract/evaluation/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { isShare, metricText } from './run-tables.ts';

interface CompareOptions {
	readonly scorer?: string;
	readonly differences: number;
}

/** The arms that an argument means: "3" is every combination of run 3, "3:2" its second. */
async function armsOf(client: Client, texts: readonly string[]): Promise<number[]> {
	const arms: number[] = [];
	for (const text of texts) {
		const name = parseArmName(text);
		if (name === null) throw new UsageError(`"${text}" is no run: give its number, or <run>:<combination>`);
		const run = await client.evaluations.get({ id: name.runId });
		arms.push(...armsNamed(run, name).map(({ id }) => id));
	}
	if (arms.length < 2) throw new UsageError('a comparison takes two runs, or a run of several combinations');
	if (arms.length > 8)
		throw new UsageError(
			`these are ${arms.length} combinations; eight can be compared at a time: name them as <run>:<n>`,
		);
	return arms;
}

/** `assay eval compare`: prints warnings first, then the result in words and numbers. */
export async function compareRuns(
	context: CommandContext,
	runs: readonly string[],
	options: CompareOptions,
): Promise<number> {
	const { comparison, page } = await withApplication(context, async (client) => {
		const arms = await armsOf(client, runs);
		const found = await client.evaluations.compare({ arms, scorer: options.scorer ?? null });
		const rows =
			options.differences === 0
				? null
				: await client.evaluations.rows({
						arms,
						filter: 'different',
						scorer: found.scorer,
						limit: Math.min(500, options.differences),
					});
		return { comparison: found, page: rows };
	});
	const document = page === null ? { comparison } : { comparison, differences: page };
	context.output.result(
		document,
		[comparisonText(comparison), ...(page === null ? [] : ['', differencesText(page, comparison)])].join('\n'),
	);
	return exitCode.done;
}

function comparisonText({ unfair, words, pairs, sides, scorer, n, leftOut }: RunComparison): string {
	const shares = sides.every(({ metric }) => metric === null || isShare(metric));
	const points = (value: number): string => signed(shares ? 100 * value : value, shares ? 1 : 3);
	const rows = sides.map(({ arm, metric }, index) => {
		const pair = pairs[index - 1];
		const shown = [arm.label, metric === null ? '' : metricText(metric)];
		if (pair?.n === 0) return [...shown, 'no sample in common', '', '', ''];
		return [
			...shown,
			pair === undefined ? '' : `${points(pair.difference)} (${points(pair.low)} to ${points(pair.high)})`,
			pair === undefined ? '' : `+${pair.gained} −${pair.lost}`,
			pair === undefined ? '' : pair.p < 0.001 ? '< 0.001' : pair.p.toFixed(3),
			pair?.method ?? '',
		];
	});
	return [
		...unfair.map(({ serious, message }) => `${serious ? 'Careful' : 'Note'}: ${message}`),
		...(unfair.length === 0 ? [] : ['']),
		words,
		'',
		table(
			[
				'COMBINATION',
				`${scorer.toUpperCase()} (95 %)`,
				shares ? 'DIFFERENCE, POINTS' : 'DIFFERENCE',
				'WON, LOST',
				'P',
				'METHOD',
			],
			rows,
		),
		'',
		`${n.toLocaleString('en')} samples${leftOut === 0 ? '' : `; ${leftOut.toLocaleString('en')} left out: not scored on every side`}`,
	].join('\n');
}

function signed(value: number, digits: number): string {
	const text = Math.abs(value).toFixed(digits);
	return `${value < 0 && Number(text) !== 0 ? '−' : '+'}${text}`;
}

function differencesText({ rows, total }: RowPage, { sides, scorer }: RunComparison): string {
	const lines = rows.map(({ key, input, target, cells }) => [
		key,
		oneLine(input, 40),
		oneLine(target ?? '', 20),
		...cells.map((cell) => `${cell.scores[scorer] ?? '–'}: ${oneLine(cell.answer ?? cell.output, 30)}`),
	]);
	return `${total} ${total === 1 ? 'sample differs' : 'samples differ'}\n${table(['SAMPLE', 'INPUT', 'TARGET', ...sides.map(({ arm }) => arm.label.toUpperCase())], lines)}`;
}
