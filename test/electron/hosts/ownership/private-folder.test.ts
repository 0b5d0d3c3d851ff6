import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPrivateFolder } from '../../../../electron/hosts/ownership/private-folder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a folder is made with those above it, for this user alone, and making it again changes nothing', () => {
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

test.skipIf(!existsSync('/proc/self'))(
	'a folder where the file system takes none fails instead of never ending',
	() => {
		expect(() => createPrivateFolder('/proc/assay/data')).toThrow('ENOENT');
	},
);
