import type { OptimizerSettings } from '../../contract/native/training.ts';

/**
 * Returns the learning rate of a step, the first being 1: rising linearly over the warm-up, whose last step has all of it,
 * then constant, or falling along a line or half a cosine wave that would reach 0 behind the last step.
 */
export function learningRateOf(settings: OptimizerSettings, step: number): number {
	const { learningRate, schedule, warmupSteps, totalSteps } = settings;
	const done = step - 1;
	if (step <= warmupSteps) return learningRate * (step / warmupSteps);
	if (schedule === 'constant') return learningRate;
	const progress = Math.min(1, (done - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
	return learningRate * (schedule === 'linear' ? 1 - progress : 0.5 * (1 + Math.cos(Math.PI * progress)));
}
