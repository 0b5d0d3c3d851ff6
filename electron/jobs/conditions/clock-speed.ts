import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Fastest core now, MHz; null where the system does not say (virtual machines, macOS, Windows). */
export async function readClockSpeed(folder = '/sys/devices/system/cpu'): Promise<number | null> {
	const names = await readdir(folder).catch(() => []);
	const cores = names.filter((name) => /^cpu\d+$/.test(name));
	const read = async (core: string): Promise<number> =>
		Number(await readFile(join(folder, core, 'cpufreq', 'scaling_cur_freq'), 'utf8').catch(() => 'none'));
	const kilohertz = (await Promise.all(cores.map(read))).filter((value) => Number.isFinite(value) && value > 0);
	return kilohertz.length === 0 ? null : Math.max(...kilohertz) / 1000;
}
