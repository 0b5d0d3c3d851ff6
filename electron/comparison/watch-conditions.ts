import { cpus, loadavg, totalmem } from 'node:os';
import { readClockSpeed, readPower } from '../jobs/machine-conditions.ts';

/** Records the state of this computer before a measurement; the result describes it over the whole measurement. */
export async function watchConditions() {
	const loadBefore = loadavg()[0] ?? 0;
	const powerBefore = await readPower();
	return async () => {
		const powers = [powerBefore, await readPower()] as const;
		return {
			processor: cpus()[0]?.model.trim() ?? 'unknown',
			cores: cpus().length,
			memoryBytes: totalmem(),
			loadBefore,
			loadAfter: loadavg()[0] ?? 0,
			power: powers.includes('battery') ? ('battery' as const) : powers[0],
			clockMegahertz: await readClockSpeed(),
		};
	};
}
