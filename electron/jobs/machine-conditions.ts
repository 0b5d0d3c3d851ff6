import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Power source of the computer. Processors are throttled on battery, so a speed means something else there. */
export type Power = 'mains' | 'battery' | 'unknown';

/** Access to the system; tests replace it. */
export interface PowerSystem {
	readonly platform: NodeJS.Platform;
	/** Linux: /sys/class/power_supply. */
	readonly suppliesFolder: string;
	run(command: string, args: readonly string[]): Promise<string>;
}

/** A query that takes longer than this is abandoned, ms. */
const patienceMs = 5000;

const thisSystem: PowerSystem = {
	platform: process.platform,
	suppliesFolder: '/sys/class/power_supply',
	run: async (command, args) =>
		(await promisify(execFile)(command, [...args], { timeout: patienceMs, windowsHide: true })).stdout,
};

async function textOf(...parts: string[]): Promise<string> {
	return (await readFile(join(...parts), 'utf8').catch(() => '')).trim();
}

/** A computer without a battery lists nothing here, or only that of a mouse. */
async function onLinux(folder: string): Promise<Power> {
	const names = await readdir(folder).catch(() => null);
	if (names === null) return 'unknown';
	const supplies = await Promise.all(
		names.map(async (name) => ({
			type: await textOf(folder, name, 'type'),
			scope: await textOf(folder, name, 'scope'),
			online: await textOf(folder, name, 'online'),
			status: await textOf(folder, name, 'status'),
		})),
	);
	if (supplies.some(({ type, online }) => type !== 'Battery' && online === '1')) return 'mains';
	const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device');
	return batteries.some(({ status }) => status === 'Discharging') ? 'battery' : 'mains';
}

/** `pmset -g batt` begins with: Now drawing from 'Battery Power'. */
function readPmset(text: string): Power {
	const source = /drawing from '([^']*)'/.exec(text)?.[1];
	if (source === undefined) return 'unknown';
	return source === 'Battery Power' ? 'battery' : 'mains';
}

/** BatteryStatus of Win32_Battery: 1 means discharging, and so do 4 and 5 (nearly empty); empty without a battery. */
function readBatteryStatus(text: string): Power {
	const codes = text.split(/\s+/).filter(Boolean).map(Number);
	if (codes.some((code) => !Number.isInteger(code))) return 'unknown';
	return codes.some((code) => [1, 4, 5].includes(code)) ? 'battery' : 'mains';
}

/** Reads the current power source; `unknown` if the system does not tell. */
export async function readPower(system: PowerSystem = thisSystem): Promise<Power> {
	try {
		if (system.platform === 'linux') return await onLinux(system.suppliesFolder);
		if (system.platform === 'darwin') return readPmset(await system.run('pmset', ['-g', 'batt']));
		if (system.platform !== 'win32') return 'unknown';
		const query = '(Get-CimInstance Win32_Battery).BatteryStatus';
		return readBatteryStatus(await system.run('powershell', ['-NoProfile', '-Command', query]));
	} catch {
		return 'unknown';
	}
}

/**
 * Reads the current clock of the fastest core, MHz; null if the system does not tell (virtual machines, macOS,
 * Windows).
 */
export async function readClockSpeed(folder = '/sys/devices/system/cpu'): Promise<number | null> {
	const names = await readdir(folder).catch(() => []);
	const cores = names.filter((name) => /^cpu\d+$/.test(name));
	const read = async (core: string): Promise<number> =>
		Number(await readFile(join(folder, core, 'cpufreq', 'scaling_cur_freq'), 'utf8').catch(() => 'none'));
	const kilohertz = (await Promise.all(cores.map(read))).filter((value) => Number.isFinite(value) && value > 0);
	return kilohertz.length === 0 ? null : Math.max(...kilohertz) / 1000;
}
