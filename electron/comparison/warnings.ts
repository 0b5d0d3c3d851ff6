import { said, spoken } from '../../models/contract/said.ts';
import type { Comparison } from '../contract/comparison/schema.ts';
import { meanOf } from '../statistics/mean-difference.ts';
import { studentP } from '../statistics/student-t.ts';
import { isMixed } from './conditions.ts';

/** Change of speed over the run, averaged over the files. */
export interface Drift {
	/** From the first round to the last; slower is negative. */
	readonly change: number;
	/** Larger than the chance variation between rounds, at 5 %. */
	readonly certain: boolean;
}

/** Fits a straight line through the logarithms of all rounds of all files, so that fast and slow files count alike. */
export function driftOf(byFile: readonly (readonly number[])[]): Drift | null {
	const whole = byFile.filter((samples) => samples.length > 2);
	if (whole.length === 0) return null;
	const rounds = Math.min(...whole.map(({ length }) => length));
	const logs = whole.map((samples) => {
		const own = samples.slice(0, rounds).map(Math.log);
		const mean = meanOf(own);
		return own.map((value) => value - mean);
	});
	const at = (round: number): number => round - (rounds - 1) / 2;
	const spread = logs.length * Array.from({ length: rounds }, (_, round) => at(round) ** 2).reduce((a, b) => a + b, 0);
	const slope = logs.flatMap((own) => own.map((value, round) => at(round) * value)).reduce((a, b) => a + b, 0) / spread;
	const rest = logs
		.flatMap((own) => own.map((value, round) => (value - slope * at(round)) ** 2))
		.reduce((a, b) => a + b, 0);
	const freedom = logs.length * (rounds - 1) - 1;
	const error = Math.sqrt(rest / freedom / spread);
	const certain = error === 0 ? slope !== 0 : studentP(slope / error, freedom) < 0.05;
	return { change: Math.exp(slope * (rounds - 1)) - 1, certain };
}

/** Change of speed over the run that deserves a warning: more than repeats vary on an idle computer. */
const notableDrift = 0.05;

/** A clock below this share of its fastest was throttled by heat or power saving. */
const heldBack = 0.8;

const percent = (share: number): string => `${Math.round(100 * Math.abs(share))} %`;

/** Warnings about conditions that make the numbers less reliable, one sentence each. */
export function warningsOf({ rows, conditions }: Pick<Comparison, 'rows' | 'conditions'>): Comparison['warnings'] {
	const warnings: Comparison['warnings'] = [];
	if (conditions.power === 'battery') {
		warnings.push(
			spoken({
				code: 'on-battery',
				message: said`Measured on battery, which slows processors down. Plug the computer in and measure again.`,
			}),
		);
	}
	if (isMixed(conditions)) {
		warnings.push(
			spoken({
				code: 'mixed-devices',
				message: said`Speeds were measured on different devices (${conditions.speedOn ?? ''}), so they don’t compare the files. Choose one device for all files.`,
			}),
		);
	}
	if (conditions.gpuFailure !== undefined) {
		warnings.push(
			spoken({
				code: 'gpu-unused',
				message: said`The chosen GPU was not used. ${conditions.gpuFailure}`,
			}),
		);
	}
	const drift = driftOf(rows.flatMap(({ generation }) => (generation === null ? [] : [generation.samples])));
	if (drift?.certain === true && Math.abs(drift.change) > notableDrift) {
		const change = percent(drift.change);
		warnings.push(
			spoken({
				code: 'speed-drifted',
				message:
					drift.change < 0
						? said`All files got ${change} slower from the first round to the last, because of heat or other programs. The files still compare fairly, but single figures may be off.`
						: said`All files got ${change} faster from the first round to the last. The files still compare fairly, but single figures may be off.`,
			}),
		);
	}
	const [low, high] = [Number(conditions.lowestMegahertz), Number(conditions.highestMegahertz)];
	if (low < heldBack * high) {
		warnings.push(
			spoken({
				code: 'throttled',
				message: said`The processor fell from ${Math.round(high)} to ${Math.round(low)} MHz during the measurement.`,
			}),
		);
	}
	return warnings;
}
