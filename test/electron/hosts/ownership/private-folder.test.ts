import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPrivateFolder } from '../../../../electron/hosts/ownership/private-folder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a folder and its parents are created for this user only, and creating it again changes nothing', () => {
	const folder = join(temporaryFolder(), 'a', 'b');
	createPrivateFolder(folder);
	createPrivateFolder(folder);
	expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a folder below a file fails', () => {
	const file = join(temporaryFolder(), 'file');
	writeFileSync(file, '');
	expect(() => createPrivateFolder(join(file, 'below'))).toThrow('ENOTDIR');
});

test.skipIf(!existsSync('/proc/self'))('a folder that the file system rejects fails instead of looping forever', () => {
	expect(() => createPrivateFolder('/proc/assay/data')).toThrow('ENOENT');
});
