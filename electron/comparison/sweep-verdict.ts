import type { KvType } from '../../models/contract/load.ts';
import type { BenchSetting, BenchTestResult } from '../../models/contract/native/tasks.ts';
import {
	amount,
	figure,
	list,
	type Said,
	type SayableValue,
	said,
	sentences,
	spoken,
} from '../../models/contract/said.ts';
import { rateSummary } from '../../models/native/bench-rates.ts';
import type { CacheCost, Sweep } from '../contract/comparison/sweep.ts';
import { type Fastest, findFastest } from './fastest-setting.ts';

type Factor = keyof BenchSetting;

/** How each factor is worded and which speed judges it; the speed that people wait for longest comes first. */
const factors: readonly {
	readonly of: Factor;
	readonly plural: Said;
	readonly say: (setting: BenchSetting) => SayableValue;
	readonly by: readonly ('generation' | 'prompt')[];
}[] = [
	{
		of: 'threads',
		plural: said`numbers of threads`,
		by: ['generation', 'prompt'],
		say: ({ threads }) => said`${amount(threads, 'thread')}`,
	},
	{ of: 'batchSize', plural: said`batch sizes`, by: ['prompt'], say: ({ batchSize }) => said`a batch of ${batchSize}` },
	{
		of: 'cacheType',
		plural: said`cache types`,
		by: ['generation', 'prompt'],
		say: ({ cacheType }) => said`a cache of ${cacheType}`,
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
export function sweepVerdict({ caches, ...speeds }: SweepMeasured): Pick<Sweep, 'verdict' | 'choose' | 'said'> {
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
	const fastest: Said[] = [];
	const untold: Said[] = [];
	for (const { of, plural, say, by } of several) {
		const leads = by.flatMap((kind) =>
			findFastest(byFactor(usable(speeds[kind]), of), questions).map((one) => ({ ...one, kind })),
		);
		const found = leads.find(({ certain }) => certain);
		const lead = leads[0];
		if (found !== undefined) {
			Object.assign(choose, { [of]: found.setting[of] });
			const cost = costOf(found, caches, of);
			const [first, next, kind] = [say(found.setting), say(found.next), kindWords[found.kind]];
			fastest.push(
				cost === null
					? said`${first} (${found.faster} % faster than ${next} at ${kind})`
					: said`${first} (${found.faster} % faster than ${next} at ${kind}, for a divergence of ${figure(cost, 4)} from F16)`,
			);
		} else if (lead !== undefined)
			untold.push(said`${plural} (${say(lead.setting)} is ${lead.faster} % faster at ${kindWords[lead.kind]})`);
	}
	const rounds = speeds.prompt[0]?.tokensPerSecond.samples.length ?? 0;
	const parts = [
		...(fastest.length === 0 ? [] : [said`Measurably fastest: ${list(fastest)}.`]),
		...(untold.length === 0 ? [] : [said`No measurable difference between ${list(untold)} in ${rounds} rounds.`]),
		...(costly.length === 0 ? [] : [said`A cache of ${list(costly)} changes answers too much to be recommended.`]),
	];
	const verdict =
		parts.length === 0 ? said`Only one combination was measured, so nothing can be compared.` : sentences(...parts);
	return spoken({ verdict, choose });
}

const kindWords = { prompt: said`prompt`, generation: said`generation` };

/** What a cache type costs in quality; null: nothing that was measured. */
function costOf({ setting }: Fastest, caches: readonly CacheCost[], of: Factor): number | null {
	const cost = of === 'cacheType' ? caches.find(({ cacheType }) => cacheType === setting.cacheType) : undefined;
	return cost?.klDivergence ?? null;
}
