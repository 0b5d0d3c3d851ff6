import { cpus, totalmem } from 'node:os';
import type { Comparison } from '../../contract/comparison/comparison.ts';
import type { WritableDatabase } from '../../database/handle.ts';
import { readClockSpeed } from '../../jobs/conditions/clock-speed.ts';
import { readPower } from '../../jobs/conditions/power.ts';
import { type ComparisonSubject, threadsOf } from '../measure.ts';
import type { Step, StepResults } from '../steps.ts';
import { setConditions } from '../store/comparisons.ts';
import { devicesAfter } from './devices.ts';

/** What the numbers hold for, brought up to date with one more step: the worst that was met counts. */
export async function noteConditions(
	database: WritableDatabase,
	{ comparison }: ComparisonSubject,
	kind: Step['kind'],
	result: StepResults[Step['kind']],
	loadBefore: number,
): Promise<void> {
	if (!('conditions' in result)) return;
	const { engine, systemInfo } = result.conditions;
	const before = JSON.parse(comparison.conditions) as Comparison['conditions'];
	const processor = cpus()[0]?.model.trim() ?? 'unknown';
	const power = await readPower();
	// Right after the work, so that a clock that was held back has not recovered.
	const clock = await readClockSpeed();
	const clocks = clock === null ? [] : [clock];
	const known = (key: string): number[] => (typeof before[key] === 'number' ? [before[key]] : []);
	setConditions(database, comparison.id, {
		engine,
		systemInfo,
		threads: threadsOf(comparison),
		processor,
		cores: cpus().length,
		memoryBytes: totalmem(),
		...devicesAfter(before, kind, result.conditions, processor),
		highestLoadBefore: Math.max(loadBefore, Number(before.highestLoadBefore ?? 0)),
		power: before.power === 'battery' ? 'battery' : power,
		...(clocks.length === 0
			? {}
			: {
					lowestMegahertz: Math.min(...known('lowestMegahertz'), ...clocks),
					highestMegahertz: Math.max(...known('highestMegahertz'), ...clocks),
				}),
	});
}
