import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PowerSystem, readClockSpeed, readPower } from '../../../electron/jobs/machine-conditions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function system(platform: NodeJS.Platform, says: string | Error, suppliesFolder = '/nowhere'): PowerSystem {
	const run = async (): Promise<string> => {
		if (says instanceof Error) throw says;
		return says;
	};
	return { platform, suppliesFolder, run };
}

/** Creates a folder like Linux's: a folder per supply, a file per property. */
function supplies(all: Record<string, Record<string, string>>): string {
	const folder = temporaryFolder();
	for (const [name, facts] of Object.entries(all)) {
		mkdirSync(join(folder, name));
		for (const [fact, value] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${value}\n`);
	}
	return folder;
}

describe('the power source', () => {
	const battery = (status: string) => ({ type: 'Battery', status });
	test.each([
		['no power supply listed', {}, 'mains'],
		['a full battery, plugged in', { AC: { type: 'Mains', online: '1' }, BAT0: battery('Full') }, 'mains'],
		['unplugged', { AC: { type: 'Mains', online: '0' }, BAT0: battery('Discharging') }, 'battery'],
		['charging over USB-C', { ucsi: { type: 'USB', online: '1' }, BAT0: battery('Discharging') }, 'mains'],
		['a mouse with a battery', { mouse: { ...battery('Discharging'), scope: 'Device' } }, 'mains'],
	])('on Linux, %s', async (_, all, power) => {
		expect(await readPower(system('linux', '', supplies(all)))).toBe(power);
	});

	test.each([
		['linux', '', 'unknown'],
		['darwin', "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t83%; discharging", 'battery'],
		['darwin', "Now drawing from 'AC Power'", 'mains'],
		['darwin', 'something else', 'unknown'],
		['win32', '1\r\n', 'battery'],
		['win32', '2\r\n', 'mains'],
		['win32', '', 'mains'],
		['win32', 'Access denied', 'unknown'],
		['win32', new Error('no powershell'), 'unknown'],
		['freebsd', '', 'unknown'],
	] as const)('on %s the output %j means %s', async (platform, says, power) => {
		expect(await readPower(system(platform, says))).toBe(power);
	});

	test('is read on this computer', async () => {
		expect(['mains', 'battery', 'unknown']).toContain(await readPower());
	});
});

test('the clock is that of the fastest core in MHz, or unknown', async () => {
	const folder = temporaryFolder();
	expect(await readClockSpeed(folder)).toBe(null);
	for (const [core, kilohertz] of [
		['cpu0', '1200000'],
		['cpu1', '3400000'],
		['cpufreq', '9900000'],
	] as const) {
		mkdirSync(join(folder, core, 'cpufreq'), { recursive: true });
		writeFileSync(join(folder, core, 'cpufreq', 'scaling_cur_freq'), kilohertz);
	}
	mkdirSync(join(folder, 'cpu2'));
	expect(await readClockSpeed(folder)).toBe(3400);
});
