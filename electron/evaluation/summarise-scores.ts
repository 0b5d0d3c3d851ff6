import { type MeanError, meanWithError, pooledMean, studentInterval } from '../statistics/mean.ts';
import { wilsonInterval } from '../statistics/wilson.ts';

/** A mean of scores with its 95 % interval. */
export interface Summary {
	/** Number of values behind the mean. */
	readonly n: number;
	/** Rows without a usable value: counted, but not part of the mean. */
	readonly unscored: number;
	readonly mean: number;
	readonly standardError: number;
	readonly low: number;
	readonly high: number;
	/** How the interval was computed: "Wilson", "t", "t, clustered: 40 clusters". */
	readonly method: string;
}

type Value = number | null;
type Cluster = string | null;

/** Usable values with the data that belongs to each. NaN and infinities do not count. */
export function usable<More>(values: readonly Value[], more: readonly More[]): { value: number; more: More }[] {
	return values.flatMap((value, index) =>
		value !== null && Number.isFinite(value) ? [{ value, more: more[index] as More }] : [],
	);
}

/**
 * Summarises scores by their mean. Shares of right and wrong get a Wilson interval, other values Student's t; samples
 * that share a cluster get the clustered error with clusters − 1 degrees of freedom (docs/formulas.md#mean-and-error).
 * Returns null if nothing was scored.
 */
export function summarise(values: readonly Value[], clusters: readonly Cluster[] | null = null): Summary | null {
	const rows = usable(values, clusters ?? []);
	if (rows.length === 0) return null;
	const scores = rows.map(({ value }) => value);
	const estimate = meanWithError(scores, clusters === null ? null : rows.map(({ more }) => more ?? null));
	return {
		n: scores.length,
		unscored: values.length - scores.length,
		mean: estimate.mean,
		standardError: estimate.standardError,
		...intervalOf(scores, estimate),
	};
}

/**
 * Like `summarise`, with each value weighted: the share of all instructions that were followed, not the mean of the
 * samples' shares.
 */
export function summarisePooled(values: readonly Value[], weights: readonly number[]): Summary | null {
	const rows = usable(values, weights).filter(({ more }) => more > 0);
	if (rows.length === 0) return null;
	const scores = rows.map(({ value }) => value);
	const estimate = pooledMean(
		scores,
		rows.map(({ more }) => more),
	);
	return {
		n: scores.length,
		unscored: values.length - scores.length,
		mean: estimate.mean,
		standardError: estimate.standardError,
		...studentInterval(estimate),
		method: 't, pooled',
	};
}

function intervalOf(scores: readonly number[], estimate: MeanError): Pick<Summary, 'low' | 'high' | 'method'> {
	const clustered = estimate.clusters < scores.length;
	const shares = scores.every((score) => score === 0 || score === 1);
	const right = scores.filter((score) => score === 1).length;
	if (shares && !clustered) {
		const { low, high } = wilsonInterval(right, scores.length);
		return { low, high, method: 'Wilson' };
	}
	const words = `${estimate.clusters} ${estimate.clusters === 1 ? 'cluster' : 'clusters'}`;
	if (estimate.freedom < 1) {
		// A single value, or cluster, says nothing about how others would come out.
		const within = scores.every((score) => score >= 0 && score <= 1);
		const { mean } = estimate;
		const method = clustered ? `none: ${words}` : 'none: 1 value';
		return within ? { low: 0, high: 1, method } : { low: mean, high: mean, method };
	}
	if (shares && estimate.standardError === 0) {
		// All right or all wrong is not certain; count as many values as there are independent ones.
		const { low, high } = wilsonInterval(estimate.mean === 1 ? estimate.clusters : 0, estimate.clusters);
		if (estimate.mean === 0 || estimate.mean === 1) return { low, high, method: `Wilson, ${words}` };
	}
	if (estimate.standardError === 0 && scores.every((score) => score >= 0 && score <= 1)) {
		// Equal values are not certain either: another one may be anything from 0 to 1.
		const others = wilsonInterval(0, estimate.clusters).high;
		const { mean } = estimate;
		const method = clustered ? `all the same, ${words}` : 'all the same';
		return { low: mean * (1 - others), high: mean + others * (1 - mean), method };
	}
	return { ...studentInterval(estimate), method: clustered ? `t, ${words}` : 't' };
}

/** A row's score with its tags and cluster. */
export interface TaggedValue {
	readonly value: number | null;
	readonly tags: readonly string[];
	readonly cluster: string | null;
}

/** The mean of each tag, sorted by name; a row counts once for each of its tags. Leaves out tags without a score. */
export function summariseByTag(rows: readonly TaggedValue[]): readonly (Summary & { readonly tag: string })[] {
	const groups = new Map<string, TaggedValue[]>();
	for (const row of rows) {
		for (const tag of new Set(row.tags)) {
			const group = groups.get(tag);
			if (group === undefined) groups.set(tag, [row]);
			else group.push(row);
		}
	}
	return [...groups]
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.flatMap(([tag, group]) => {
			const clusters = group.some(({ cluster }) => cluster !== null) ? group.map(({ cluster }) => cluster) : null;
			const summary = summarise(
				group.map(({ value }) => value),
				clusters,
			);
			return summary === null ? [] : [{ tag, ...summary }];
		});
}
