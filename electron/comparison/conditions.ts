import { cpus, totalmem } from 'node:os';
import type { NativeConditions } from '../../models/contract/native/tasks.ts';
import type { Comparison } from '../contract/comparison/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import { readClockSpeed, readPower } from '../jobs/machine-conditions.ts';
import { gpuConditions } from '../library/gpu-settings.ts';
import type { Step, StepResults } from './steps.ts';
import { setConditions } from './store.ts';
import { type ComparisonSubject, threadsOf } from './subject.ts';

type Conditions = Comparison['conditions'];

/** Separator between devices, if files were measured on different ones. */
const separator = ' / ';

/**
 * The device that computed: the GPUs, or the processor. Layers are left out, because files of different sizes fit
 * different numbers of them.
 */
function deviceOf({ devices, gpuLayers = 0 }: NativeConditions, processor: string): string {
	const gpus = gpuLayers === 0 ? [] : devices.filter((device) => !device.startsWith('CPU'));
	return gpus.length === 0 ? processor : gpus.join(', ');
}

/**
 * Adds the device of one more step to those that speed and quality were computed on. `gpuFailure` says why a requested
 * GPU was not used.
 */
export function devicesAfter(
	before: Conditions,
	kind: Step['kind'],
	conditions: NativeConditions,
	processor: string,
): Conditions {
	const { gpu = before.gpu, speedOn, qualityOn, gpuFailure = conditions.gpuFailure?.message } = before;
	const device = deviceOf(conditions, processor);
	const known = { gpu, speedOn, qualityOn, gpuFailure };
	const noted = {
		...known,
		...(kind === 'speed' ? { ...gpuConditions(conditions), speedOn: withDevice(speedOn, device) } : {}),
		...(kind === 'quality' ? { qualityOn: withDevice(qualityOn, device) } : {}),
	};
	return Object.fromEntries(Object.entries(noted).filter(([, value]) => value !== undefined)) as Conditions;
}

function withDevice(before: Conditions[string] | undefined, device: string): string {
	const devices = before === undefined ? [] : String(before).split(separator);
	return devices.includes(device) ? devices.join(separator) : [...devices, device].join(separator);
}

/** Whether files were measured on different devices, which makes their speeds incomparable. */
export function isMixed({ speedOn }: Conditions): boolean {
	return speedOn !== undefined && String(speedOn).includes(separator);
}

/** Updates the conditions that the numbers hold for with one more step; the worst value counts. */
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
	// Read right after the work, before a throttled clock recovers.
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
