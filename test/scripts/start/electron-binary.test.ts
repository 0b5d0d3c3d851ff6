import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ElectronPlaces, ensureElectron } from '../../../scripts/start/electron-binary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A package with a fake install step; each run of it adds a line to `tries`. */
function fakePackage(installs: string, version = '45.4.1'): ElectronPlaces & { tries(): number } {
	const folder = temporaryFolder();
	const places = { package: join(folder, 'electron'), cache: join(folder, 'cache'), stallTimeoutMs: 1_200 };
	mkdirSync(places.package);
	mkdirSync(places.cache);
	writeFileSync(join(places.package, 'package.json'), JSON.stringify({ version }));
	const counts = "require('fs').appendFileSync(__dirname + '/tries', 'x');";
	writeFileSync(join(places.package, 'install.js'), `${counts}\n${installs}`);
	const path = join(places.package, 'tries');
	return { ...places, tries: () => (existsSync(path) ? readFileSync(path, 'utf8').length : 0) };
}

const ensure = (
	places: ElectronPlaces,
	again = false,
	progress: string[] = [],
	signal = new AbortController().signal,
) => ensureElectron(places, again, (line) => progress.push(line), signal);

const succeeds = `
	const fs = require('fs');
	fs.mkdirSync(__dirname + '/dist');
	fs.writeFileSync(__dirname + '/dist/electron', '');
	fs.writeFileSync(__dirname + '/path.txt', 'electron');`;

test('the install step runs once, and its binary is found from then on', async () => {
	const places = fakePackage(succeeds);
	const binary = { path: join(places.package, 'dist', 'electron') };
	expect(await ensure(places)).toEqual(binary);
	expect(await ensure(places)).toEqual(binary);
	expect(places.tries()).toBe(1);
});

test('a failure is remembered with its reason, and retried on request or for another version', async () => {
	const places = fakePackage("console.error('TypeError: fetch failed\\n    at node:1'); process.exit(1);");
	expect(await ensure(places)).toEqual({
		path: null,
		reason: "Electron's binary could not be fetched (TypeError: fetch failed)",
	});
	expect(await ensure(places)).toEqual({
		path: null,
		reason: expect.stringMatching(/could not be fetched on \d{4}-\d\d-\d\d \(TypeError: fetch failed\)/),
	});
	expect(places.tries()).toBe(1);
	await ensure(places, true);
	expect(places.tries()).toBe(2);
	writeFileSync(join(places.package, 'package.json'), JSON.stringify({ version: '46.0.0' }));
	await ensure(places);
	expect(places.tries()).toBe(3);
});

test('a stalled download is abandoned; a growing one continues and reports its progress', async () => {
	const stalls = fakePackage('setTimeout(() => {}, 60_000);');
	expect(await ensure(stalls)).toEqual({
		path: null,
		reason: "Electron's binary could not be fetched (nothing arrived for 1.2 s)",
	});
	const grows = fakePackage(`
		const path = require('path').join(require('os').tmpdir(), 'electron.zip');
		const timer = setInterval(() => require('fs').appendFileSync(path, Buffer.alloc(1_000_000)), 300);
		setTimeout(() => { clearInterval(timer); ${succeeds} }, 2_500);`);
	const progress: string[] = [];
	expect((await ensure(grows, false, progress)).path).not.toBeNull();
	expect(progress.at(-1)).toMatch(/^fetching Electron 45\.4\.1: [3-9]\.0 MB$/);
	expect(existsSync(join(grows.cache, 'electron-download'))).toBe(false);
});

test('an interrupted attempt does not count', async () => {
	const places = fakePackage('setTimeout(() => {}, 60_000);');
	const stop = new AbortController();
	setTimeout(() => stop.abort(new Error('interrupted')), 200);
	await expect(ensure(places, false, [], stop.signal)).rejects.toThrow('interrupted');
	expect(existsSync(join(places.cache, 'electron-install.json'))).toBe(false);
});
