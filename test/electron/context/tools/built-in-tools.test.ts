import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calculate } from '../../../../electron/context/tools/built-in/calculator.ts';
import { addToDate, daysBetween, tellTime } from '../../../../electron/context/tools/built-in/date-time.ts';
import { listFolder, readTextFile } from '../../../../electron/context/tools/built-in/read-file.ts';
import { convertUnits } from '../../../../electron/context/tools/built-in/units.ts';
import { limitResult } from '../../../../electron/context/tools/result-text.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** These folders, of which nothing is Assay's own. */
const only = (...folders: string[]) => ({ folders, except: join(temporaryFolder(), 'none') });

describe('the calculator', () => {
	test.each([
		['0.1 + 0.2', '0.3'],
		['1/3 + 1/6', '0.5'],
		['1/3', '1/3 ≈ 0.333333333333333333333333333333'],
		['2^3^2', '512'],
		['-2^2', '-4'],
		['2^-2', '0.25'],
		['15% of 80', '12'],
		['200 * 15%', '30'],
		['17 % 5', '2'],
		['7!', '5040'],
		['2(3 + 4)', '14'],
		['sqrt(9/4)', '1.5'],
		['8^(1/3)', '2'],
		['sqrt(2)', '≈ 1.414213562373095048801688724209'],
		['round(2.675, 2)', '2.68'],
		['round(-2.5)', '-3'],
		['floor(-1.5)', '-2'],
		['gcd(12, 18) + lcm(4, 6)', '18'],
		['mean(1, 2, 6)', '3'],
		['2 ** 100', '1267650600228229401496703205376'],
		['1_000 × 3 − 1', '2999'],
		['999999999999999999 + 1', '1000000000000000000'],
		['cos(0)', '≈ 1'],
		['0 ^ 0', '1'],
	])('%s is %s', (expression, result) => {
		expect(calculate(expression)).toBe(result);
	});

	test.each([
		['1/0', 'division by zero'],
		['0^-1', 'division by zero'],
		['9^9^9', 'the number is too long'],
		['99999!', 'a factorial is computed from 0 to 5000'],
		['1e99999999', 'the exponent is too large'],
		['sqrt(-1)', 'a negative number has no real root of that kind'],
		['2 +', 'the expression ends too early'],
		['(1', 'a closing bracket is missing'],
		['process.exit()', '“.exit()” is not understood'],
		['('.repeat(5_000), 'the expression is nested too deeply'],
		['-'.repeat(5_000), 'the expression is nested too deeply'],
		['1+'.repeat(6_000), 'the expression is too long'],
		['constructor', '“constructor” is unknown'],
		['toString(1)', '“tostring” is unknown'],
	])('%s is refused', (expression, problem) => {
		expect(() => calculate(expression)).toThrow(problem);
	});

	test.each([
		Array.from({ length: 900 }, (_, index) => `1e-${9_000 + index}`).join('+'),
		Array.from({ length: 900 }, () => '1/3^9999').join('+'),
		Array.from({ length: 900 }, () => '5000!').join('-'),
		Array.from({ length: 900 }, () => 'root(9^9999,99)')
			.join('+')
			.slice(0, 9_998),
		'gcd(9^9999, 7^9999)'.repeat(500),
		'1/2^99999',
	])('long computation %# takes no time that anyone notices', (expression) => {
		// Its own time of the processor: on a busy computer others have it in between.
		const before = process.threadCpuUsage();
		try {
			calculate(expression);
		} catch (error) {
			expect(String(error)).toContain('that takes too long to compute');
		}
		const { user, system } = process.threadCpuUsage(before);
		expect((user + system) / 1_000).toBeLessThan(1_500);
	});
});

describe('conversion of units', () => {
	test.each([
		['1', 'mi', 'km', '1 mi = 1.609344 km'],
		['100', '°C', 'F', '100 °C = 212 F'],
		['0', 'K', 'C', '0 K = -273.15 C'],
		['1', 'GiB', 'MB', '1 GiB = 1073.741824 MB'],
		['60', 'mph', 'km/h', '60 mph = 96.56064 km/h'],
		['1', 'kWh', 'MJ', '1 kWh = 3.6 MJ'],
		['8', 'Mb', 'MB', '8 Mb = 1 MB'],
		['1', 'MJ', 'mJ', '1 MJ = 1000000000 mJ'],
		['1', 'Miles', 'METRES', '1 Miles = 1609.344 METRES'],
		['5', 'km', 'mi', '5 km ≈ 3.106855961186669848087170921817 mi'],
	])('%s %s in %s', (value, from, to, result) => {
		expect(convertUnits(value, from, to)).toBe(result);
	});

	test('refuses what has no answer', () => {
		expect(() => convertUnits('1', 'kg', 'm')).toThrow('kg is a unit of mass, m of length');
		expect(() => convertUnits('1', 'furlong', 'm')).toThrow('no unit that is known');
	});

	test.each(['mw', 'mb', 'KB', 'Cal', 'Calories', 'KWH', 'mmhg', 'Pt'])('minds the capital letters of %s', (unit) => {
		expect(() => convertUnits('1', unit, 'W')).toThrow('mind capital letters');
	});
});

describe('dates', () => {
	test('are told with their week, counted and added to', () => {
		expect(tellTime(Date.UTC(2026, 0, 1, 12), 'Asia/Tokyo')).toBe(
			'2026-01-01T21:00:00+09:00 (Thursday, Asia/Tokyo), week 1',
		);
		expect(tellTime(Date.UTC(2027, 0, 1), 'UTC')).toContain('week 53');
		expect(daysBetween('2024-02-28', '2024-03-01')).toBe('2 days from 2024-02-28 (Wednesday) to 2024-03-01 (Friday)');
		expect(addToDate('2024-01-31', { months: 1 })).toBe('2024-02-29 (Thursday)');
		expect(addToDate('2024-02-29', { years: 1, days: 1 })).toBe('2025-03-01 (Saturday)');
		expect(() => daysBetween('2026-02-30', '2026-03-01')).toThrow('is no date');
		expect(() => tellTime(0, 'Mars/Base')).toThrow('is no time zone');
	});
});

describe('the file reader', () => {
	function folders(): { readonly allowed: string; readonly outside: string } {
		const root = temporaryFolder();
		const [allowed, outside] = [join(root, 'allowed'), join(root, 'allowed-not')];
		mkdirSync(join(allowed, 'sub'), { recursive: true });
		mkdirSync(outside);
		writeFileSync(join(allowed, 'note.txt'), 'a note');
		writeFileSync(join(outside, 'secret.txt'), 'a secret');
		return { allowed, outside };
	}

	test('reads inside the folders, by whole paths and by those inside', async () => {
		const { allowed } = folders();
		expect(await readTextFile(only(allowed), join(allowed, 'sub', '..', 'note.txt'))).toBe('a note');
		expect(await readTextFile(only(allowed), 'note.txt')).toBe('a note');
		expect(await listFolder(only(allowed), allowed)).toBe('note.txt\nsub/');
		expect(await listFolder(only(allowed), undefined)).toBe(`${allowed}/`);
	});

	test.each([
		['a path with steps up', (allowed: string) => join(allowed, '..', 'allowed-not', 'secret.txt')],
		['a relative path with steps up', () => '../allowed-not/secret.txt'],
		['a folder whose name begins alike', (_allowed: string, outside: string) => join(outside, 'secret.txt')],
		['a file of the system', () => '/etc/passwd'],
		['a null character', (allowed: string) => `${allowed}/note.txt\0/../../x`],
	])('refuses %s', async (_name, path) => {
		const { allowed, outside } = folders();
		await expect(readTextFile(only(allowed), path(allowed, outside))).rejects.toThrow(/folders that may be read|null/);
	});

	test('refuses links that lead out, to files and through folders', async () => {
		const { allowed, outside } = folders();
		symlinkSync(join(outside, 'secret.txt'), join(allowed, 'link.txt'));
		symlinkSync(outside, join(allowed, 'linked'));
		symlinkSync('/proc/self', join(allowed, 'self'));
		for (const path of ['link.txt', 'linked/secret.txt', 'self/environ'])
			await expect(readTextFile(only(allowed), path)).rejects.toThrow('folders that may be read');
		await expect(listFolder(only(allowed), 'linked')).rejects.toThrow('folders that may be read');
	});

	test.skipIf(process.platform === 'win32')('refuses pipes, devices and folders without waiting', async () => {
		const { allowed } = folders();
		execFileSync('mkfifo', [join(allowed, 'pipe')]);
		await expect(readTextFile(only(allowed), 'pipe')).rejects.toThrow('is not a plain file');
		await expect(readTextFile(only(allowed), 'sub')).rejects.toThrow(/is not a plain file|can't be opened/);
		await expect(readTextFile(only('/dev'), '/dev/zero')).rejects.toThrow('is not a plain file');
	});

	test('never reads outside while a folder is exchanged for a link again and again', async () => {
		const { allowed, outside } = folders();
		const [inner, aside] = [join(allowed, 'inner'), join(allowed, 'aside')];
		mkdirSync(inner);
		writeFileSync(join(inner, 'secret.txt'), 'harmless');
		symlinkSync(outside, join(allowed, 'way-out'));
		let isRunning = true;
		const exchange = (async () => {
			while (isRunning) {
				renameSync(inner, aside);
				renameSync(join(allowed, 'way-out'), inner);
				await new Promise(setImmediate);
				renameSync(inner, join(allowed, 'way-out'));
				renameSync(aside, inner);
				await new Promise(setImmediate);
			}
		})();
		const read = new Set<string>();
		for (let turn = 0; turn < 500; turn += 1)
			read.add(await readTextFile(only(allowed), 'inner/secret.txt').catch(() => 'refused'));
		isRunning = false;
		await exchange;
		expect([...read].filter((text) => text !== 'refused' && text !== 'harmless')).toEqual([]);
	});

	test('never reads Assay’s own folder, and lists it nowhere', async () => {
		const { allowed } = folders();
		const own = join(allowed, 'sub');
		const where = { folders: [allowed, own], except: own };
		writeFileSync(join(own, 'secrets.json'), '{}');
		symlinkSync(own, join(allowed, 'link'));
		for (const path of ['sub/secrets.json', 'link/secrets.json', join(own, 'secrets.json'), 'secrets.json'])
			await expect(readTextFile(where, path)).rejects.toThrow('folders that may be read');
		await expect(listFolder(where, own)).rejects.toThrow('folders that may be read');
		expect(await listFolder(where, allowed)).not.toContain('sub');
		expect(await readTextFile(where, 'note.txt')).toBe('a note');
	});

	test('refuses binary files, and reads long ones in pieces', async () => {
		const { allowed } = folders();
		writeFileSync(join(allowed, 'binary'), Buffer.from([1, 0, 2]));
		writeFileSync(join(allowed, 'long.txt'), 'aé'.repeat(100_000));
		await expect(readTextFile(only(allowed), 'binary')).rejects.toThrow('is not a text file');
		const first = await readTextFile(only(allowed), 'long.txt');
		expect(first).toContain('[The file has 300000 bytes; this is 0 to 48000. Read on with offset 48000.]');
		expect(limitResult(first, false)).toMatchObject({ truncated: false, content: first });
		const cut = await readTextFile(only(allowed), 'long.txt', { length: 5 });
		expect(cut).toBe('aéa\n\n[The file has 300000 bytes; this is 0 to 4. Read on with offset 4.]');
		expect(await readTextFile(only(allowed), 'long.txt', { offset: 299_997 })).toBe('aé');
	});

	test('reads nothing before a folder was chosen', async () => {
		await expect(readTextFile(only(), 'note.txt')).rejects.toThrow('has chosen no folder');
		await expect(listFolder(only(), undefined)).rejects.toThrow('has chosen no folder');
	});
});
