import { readKey } from './steps.ts';
import type { Measurement, StoredCandidate } from './store.ts';

/**
 * Picks one measurement of each thing, under the key of the first extent: that of the largest extent that all files
 * have, so that they are compared on the same chunks and samples while more is measured. Before all files have the
 * first extent, picks what exists.
 */
export function sharedMeasurements(
	measurements: readonly Measurement[],
	candidates: readonly Pick<StoredCandidate, 'id'>[],
): readonly Measurement[] {
	const ids = new Set(candidates.map(({ id }) => id));
	const read = measurements
		.filter(({ candidateId }) => ids.has(candidateId))
		.map((measurement) => ({ measurement, ...readKey(measurement.step) }));
	const things = Map.groupBy(read, ({ kind, place }) => `${kind}:${place}`);
	return [...things.values()].flatMap((thing) => {
		const extents = Map.groupBy(thing, ({ extent }) => extent);
		const whole = [...extents].filter(([, found]) => found.length === ids.size).map(([extent]) => extent);
		const extent = Math.max(0, ...whole);
		return (extents.get(extent) ?? []).map(({ measurement }) => ({
			...measurement,
			step: measurement.step.replace(/\+\d+$/, ''),
		}));
	});
}
