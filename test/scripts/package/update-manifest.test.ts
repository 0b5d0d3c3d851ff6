import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openManifest } from '../../../electron/updates/manifest.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { makersKey, strangersKey } from '../../support/update-source.ts';

const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'package', 'update-manifest.ts');

function write(environment: Record<string, string>) {
	const folder = temporaryFolder();
	const names = [
		'Assay-0.1.0.AppImage',
		'Assay-0.1.0-arm64.AppImage',
		'Assay Setup 0.1.0.exe',
		'Assay-0.1.0-arm64-mac.zip',
	];
	for (const name of [...names, 'assay_0.1.0_amd64.deb', 'Assay-0.1.0.dmg']) writeFileSync(join(folder, name), name);
	const notes = join(temporaryFolder(), 'notes.txt');
	writeFileSync(notes, 'Faster.\n');
	const { PATH = '' } = process.env;
	const run = spawnSync(process.execPath, [script, folder, notes], { env: { PATH, ...environment }, encoding: 'utf8' });
	return { folder, run };
}

test('a release’s manifest lists the installers that the app can use, signed with the makers’ key', () => {
	const { folder, run } = write({ ASSAY_UPDATE_KEY: makersKey.privateKey });
	expect([run.status, run.stderr]).toEqual([0, '']);
	const text = readFileSync(join(folder, 'assay-update.json'), 'utf8');
	const manifest = openManifest(text, [makersKey.publicKey]);
	expect(manifest).toMatchObject({ version: '0.1.0', notes: 'Faster.' });
	expect(manifest.files.map(({ platform, arch, kind, url }) => [platform, arch, kind, url])).toEqual([
		['win32', 'x64', 'exe', 'Assay%20Setup%200.1.0.exe'],
		['darwin', 'arm64', 'zip', 'Assay-0.1.0-arm64-mac.zip'],
		['linux', 'arm64', 'AppImage', 'Assay-0.1.0-arm64.AppImage'],
		['linux', 'x64', 'AppImage', 'Assay-0.1.0.AppImage'],
	]);
	expect(() => openManifest(text, [strangersKey.publicKey])).toThrow('isn’t signed by Assay’s developers');
});

test('while keys are exchanged, both sign', () => {
	const { folder } = write({ ASSAY_UPDATE_KEY: `${makersKey.privateKey}\n${strangersKey.privateKey}` });
	const text = readFileSync(join(folder, 'assay-update.json'), 'utf8');
	for (const { publicKey } of [makersKey, strangersKey]) expect(openManifest(text, [publicKey]).version).toBe('0.1.0');
});

test('without a key nothing is written, and the message names the variable', () => {
	const { run } = write({});
	expect([run.status, run.stderr]).toEqual([1, 'ASSAY_UPDATE_KEY is not set: the private key, as PEM\n']);
});
