import type { Comparison } from '../../contract/comparison/comparison.ts';
import { meanOf } from '../../statistics/difference.ts';

/** Over the run, first to last round: by how much speed changed, on average over the files. Slower is negative. */
export function driftOf(byFile: readonly (readonly number[])[]): number | null {
	const whole = byFile.filter((samples) => samples.length > 2);
	if (whole.length === 0) return null;
	const rounds = Math.min(...whole.map(({ length }) => length));
	// Of each file the logarithm, so that fast and slow files count alike; a straight line through all rounds.
	const means = Array.from({ length: rounds }, (_, round) =>
		meanOf(whole.map((samples) => Math.log((samples[round] ?? 1) / meanOf(samples)))),
	);
	const middle = (rounds - 1) / 2;
	const spread = means.reduce((sum, _, round) => sum + (round - middle) ** 2, 0);
	const slope = means.reduce((sum, mean, round) => sum + (round - middle) * mean, 0) / spread;
	return Math.exp(slope * (rounds - 1)) - 1;
}

/** A change of speed over the run that is worth a word: more than repeats differ by on a computer at rest. */
const notableDrift = 0.05;

/** A clock that fell below this share of its fastest was held back: heat, or saving power. */
const heldBack = 0.8;

const percent = (share: number): string => `${Math.round(100 * Math.abs(share))} %`;

/** What makes these numbers worth less than they look, a sentence each. */
export function warningsOf({ rows, conditions }: Pick<Comparison, 'rows' | 'conditions'>): Comparison['warnings'] {
	const warnings: Comparison['warnings'] = [];
	if (conditions.power === 'battery') {
		warnings.push({
			code: 'on-battery',
			message: 'It ran on battery, where processors are held back: measure again plugged in.',
		});
	}
	const drift = driftOf(rows.flatMap(({ generation }) => (generation === null ? [] : [generation.samples])));
	if (drift !== null && Math.abs(drift) > notableDrift) {
		const how = drift < 0 ? 'slower' : 'faster';
		const why = drift < 0 ? ': heat, or other programs' : '';
		warnings.push({
			code: 'speed-drifted',
			message: `All files got ${percent(drift)} ${how} from the first round to the last${why}. Compare them, but trust no single figure.`,
		});
	}
	const [low, high] = [Number(conditions.lowestMegahertz), Number(conditions.highestMegahertz)];
	if (low < heldBack * high) {
		warnings.push({
			code: 'throttled',
			message: `The processor fell from ${Math.round(high)} to ${Math.round(low)} MHz while it measured.`,
		});
	}
	return warnings;
}
