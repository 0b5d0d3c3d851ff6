import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { chooseDataFolder, usualDataFolder } from '../../../electron/hosts/data-folder.ts';

const home = '/home/ada';

test('the data folder is where Electron puts the data of an app named Assay', () => {
	expect(usualDataFolder({ env: {}, platform: 'linux', home })).toBe('/home/ada/.config/Assay');
	expect(usualDataFolder({ env: { XDG_CONFIG_HOME: '/x' }, platform: 'linux', home })).toBe('/x/Assay');
	expect(usualDataFolder({ env: {}, platform: 'darwin', home })).toBe('/home/ada/Library/Application Support/Assay');
	const roaming = 'C:\\Users\\ada\\AppData\\Roaming';
	expect(usualDataFolder({ env: { APPDATA: roaming }, platform: 'win32', home })).toBe(`${roaming}\\Assay`);
});

test('--data overrides ASSAY_DATA, which overrides the default', () => {
	const surroundings = { env: { ASSAY_DATA: 'elsewhere' }, platform: 'linux' as const, home };
	expect(chooseDataFolder('here', surroundings)).toBe(resolve('here'));
	expect(chooseDataFolder(undefined, surroundings)).toBe(resolve('elsewhere'));
	expect(chooseDataFolder(undefined, { ...surroundings, env: {} })).toBe('/home/ada/.config/Assay');
});
