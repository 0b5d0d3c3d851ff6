import type { KvType } from '../../models/contract/load.ts';
import type { BenchSetting, BenchTestResult } from '../../models/contract/native/tasks.ts';
import { rateSummary } from '../../models/native/bench-rates.ts';
import type { CacheCost, Sweep } from '../contract/comparison/sweep.ts';
import { listWords } from '../contract/list-words.ts';
import { type Fastest, findFastest } from './fastest-setting.ts';

type Factor = keyof BenchSetting;

/** How each factor is worded and which speed judges it; the speed that people wait for longest comes first. */
const factors: readonly {
	readonly of: Factor;
	readonly plural: string;
	readonly say: (setting: BenchSetting) => string;
	readonly by: readonly ('generation' | 'prompt')[];
}[] = [
	{
		of: 'threads',
		plural: 'numbers of threads',
		by: ['generation', 'prompt'],
		say: ({ threads }) => (threads === 1 ? '1 thread' : `${threads} threads`),
	},
	{ of: 'batchSize', plural: 'batch sizes', by: ['prompt'], say: ({ batchSize }) => `a batch of ${batchSize}` },
	{
		of: 'cacheType',
		plural: 'cache types',
		by: ['generation', 'prompt'],
		say: ({ cacheType }) => `a cache of ${cacheType}`,
	},
];

/**
 * Mean KL divergence above which a cache type is not recommended, nats; the same limit at which a comparison rules out
 * a file.
 */
const mostDivergence = 0.1;

/** Speeds by one factor alone: for each round, the geometric mean over all other factors. */
function byFactor(results: readonly BenchTestResult[], factor: Factor): BenchTestResult[] {
	const levels = Map.groupBy(results, ({ setting }) => setting?.[factor]);
	return [...levels.values()].map((group) => {
		const [first] = group as [BenchTestResult];
		const rounds = first.tokensPerSecond.samples.map((_, round) => {
			const logs = group.map(({ tokensPerSecond }) => Math.log(tokensPerSecond.samples[round] ?? 1));
			return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
		});
		return { ...first, tokensPerSecond: rateSummary(rounds) };
	});
}

export interface SweepMeasured {
	readonly prompt: readonly BenchTestResult[];
	readonly generation: readonly BenchTestResult[];
	readonly caches: readonly CacheCost[];
}

/**
 * Finds what is measurably fastest, for each factor over all the others; all statements together may include an error
 * once in twenty times. Never recommends a cache that costs too much quality.
 */
export function sweepVerdict({ caches, ...speeds }: SweepMeasured): Pick<Sweep, 'verdict' | 'choose'> {
	const costly = caches.filter(({ klDivergence }) => klDivergence > mostDivergence).map(({ cacheType }) => cacheType);
	const usable = (results: readonly BenchTestResult[]) =>
		results.filter(({ setting }) => setting !== null && !costly.includes(setting.cacheType));
	const several = factors.filter(({ of }) => new Set(usable(speeds.prompt).map((one) => one.setting?.[of])).size > 1);
	const questions = several.reduce((sum, { by }) => sum + by.length, 0);
	const choose: { threads: number | null; batchSize: number | null; cacheType: KvType | null } = {
		threads: null,
		batchSize: null,
		cacheType: null,
	};
	const fastest: string[] = [];
	const untold: string[] = [];
	for (const { of, plural, say, by } of several) {
		const leads = by.flatMap((kind) =>
			findFastest(byFactor(usable(speeds[kind]), of), questions).map((one) => ({ ...one, kind })),
		);
		const found = leads.find(({ certain }) => certain);
		const lead = leads[0];
		if (found !== undefined) {
			Object.assign(choose, { [of]: found.setting[of] });
			fastest.push(
				`${say(found.setting)} (${found.faster} % faster than ${say(found.next)} at ${found.kind}${costWords(found, caches, of)})`,
			);
		} else if (lead !== undefined)
			untold.push(`${plural} (${say(lead.setting)} is ${lead.faster} % faster at ${lead.kind})`);
	}
	const rounds = speeds.prompt[0]?.tokensPerSecond.samples.length ?? 0;
	const parts = [
		...(fastest.length === 0 ? [] : [`Measurably fastest: ${listWords(fastest)}.`]),
		...(untold.length === 0 ? [] : [`No measurable difference between ${listWords(untold)} in ${rounds} rounds.`]),
		...(costly.length === 0 ? [] : [`A cache of ${listWords(costly)} changes answers too much to be recommended.`]),
	];
	const verdict = parts.join(' ') || 'Only one combination was measured, so nothing can be compared.';
	return { verdict, choose };
}

function costWords({ setting }: Fastest, caches: readonly CacheCost[], of: Factor): string {
	const cost = of === 'cacheType' ? caches.find(({ cacheType }) => cacheType === setting.cacheType) : undefined;
	return cost === undefined ? '' : `, for a divergence of ${cost.klDivergence.toFixed(4)} from F16`;
}
