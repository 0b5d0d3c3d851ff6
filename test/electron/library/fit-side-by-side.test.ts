import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitsSideBySide } from '../../../electron/library/fit-side-by-side.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

test('two files fit together if both have room at once, besides what other programs need', async () => {
	const folder = temporaryFolder();
	const paths = [writeTinyGguf(join(folder, 'a.gguf')), writeTinyGguf(join(folder, 'b.gguf'))] as const;
	const given = (available: number) => fitsSideBySide(paths, 512, { total: 4e9, available });
	// Two processes with a tiny model take about 190 MB; 250 MB stay free.
	expect(await given(1e9)).toBe(true);
	expect(await given(300e6)).toBe(false);
	expect(await fitsSideBySide(paths, 512)).toBe(true);
	expect(await failureOf(() => fitsSideBySide([paths[0], join(folder, 'none.gguf')], 512))).toMatchObject({
		code: 'model-file-missing',
	});
});
