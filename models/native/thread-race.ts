import { medianLow } from '../median.ts';

/** Chooses between thread counts, by how long such work took lately. */
export interface ThreadRace {
	/** Returns the count to use for so many tokens. */
	choose(tokens: number): number;
	/** Records what it took. */
	took(threads: number, tokens: number, ms: number): void;
}

/** One slow decode, for example because another program woke up, changes nothing. */
const remembered = 3;
/** The first decode of all also reads the weights and starts threads. */
const firstTries = 2;
/**
 * How many uses later the slower count is tried again, because other programs come and go. Doubled after each try that
 * fails: while a chat keeps every core busy, a try can take ten times as long.
 */
const patience = { least: 16, most: 256 } as const;

interface LengthRecord {
	uses: number;
	patience: number;
	/** Use at which the slower count gets another chance. */
	chanceAt: number;
	/** By thread count, the latest times, ms. */
	readonly times: Map<number, number[]>;
}

/**
 * Every count is tried twice, in this order; then the faster one is used. Whether a second thread helps depends on the
 * cores, two of which may be one, and on the other programs, so it is measured in use. Only texts of about the same
 * length are compared.
 */
export function createThreadRace(counts: readonly number[]): ThreadRace {
	const records = new Map<number, LengthRecord>();
	const [only = 1] = counts;

	function recordOf(tokens: number): LengthRecord {
		const length = Math.ceil(Math.log2(Math.max(1, tokens)));
		const record: LengthRecord = records.get(length) ?? {
			uses: 0,
			patience: patience.least,
			chanceAt: patience.least,
			times: new Map(),
		};
		records.set(length, record);
		return record;
	}

	return {
		choose(tokens) {
			if (counts.length < 2) return only;
			const record = recordOf(tokens);
			record.uses += 1;
			if (record.uses <= firstTries * counts.length) return counts[(record.uses - 1) % counts.length] ?? only;
			const msOf = (count: number): number => medianLow(record.times.get(count) ?? []);
			const byTime = counts.toSorted((a, b) => msOf(a) - msOf(b));
			if (record.uses < record.chanceAt) return byTime[0] ?? only;
			record.patience = Math.min(patience.most, record.patience * 2);
			record.chanceAt = record.uses + record.patience;
			return byTime.at(-1) ?? only;
		},
		took(threads, tokens, ms) {
			if (counts.length < 2) return;
			const record = recordOf(tokens);
			const { times } = record;
			const others = [...times].flatMap(([count, all]) => (count === threads ? [] : [medianLow(all)]));
			const before = times.get(threads) ?? [];
			// When the slower count wins, its old times no longer matter.
			const isBack = medianLow(before) > Math.min(...others) && ms < Math.min(...others);
			if (isBack) record.patience = patience.least;
			times.set(threads, isBack ? [ms] : [...before, ms].slice(-remembered));
		},
	};
}
