import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { watchFolderTree } from '../../../../electron/context/retrieval/watch-folder-tree.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Longer than the events of one change are apart, ms. */
const quietMs = 300;

/** Watches a folder; `notices` resolves once a change is told after `act`, and nothing came before it for a while. */
function watched(folder: string) {
	let changes = 0;
	const errors: unknown[] = [];
	const watch = watchFolderTree(folder, { onChange: () => (changes += 1), onError: (error) => errors.push(error) });
	onTestFinished(() => watch.close());
	async function quiet(): Promise<void> {
		for (let before = -1; before !== changes; ) {
			before = changes;
			await sleep(quietMs);
		}
	}
	return {
		errors,
		quiet,
		async notices(act: () => void): Promise<void> {
			await quiet();
			const before = changes;
			act();
			await vi.waitFor(() => expect(changes).toBeGreaterThan(before), 10_000);
		},
		async ignores(act: () => void): Promise<void> {
			await quiet();
			const before = changes;
			act();
			await quiet();
			expect(changes).toBe(before);
		},
	};
}

describe('A watched folder', () => {
	test('tells of each change of a file that programs replace, and of its end', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'in'));
		const file = join(folder, 'in/a.txt');
		writeFileSync(file, 'one');
		const { notices, errors } = watched(folder);
		for (const text of ['two', 'three']) {
			await notices(() => {
				writeFileSync(`${file}.tmp`, text);
				renameSync(`${file}.tmp`, file);
			});
		}
		await notices(() => writeFileSync(file, 'four'));
		await notices(() => rmSync(file));
		expect(errors).toEqual([]);
	});

	test('tells of changes in subfolders that were made, moved in or made anew', async () => {
		const folder = temporaryFolder();
		const elsewhere = join(temporaryFolder(), 'moved');
		mkdirSync(join(elsewhere, 'deep'), { recursive: true });
		const { notices, errors } = watched(folder);
		await notices(() => mkdirSync(join(folder, 'made/deep'), { recursive: true }));
		await notices(() => writeFileSync(join(folder, 'made/deep/a.txt'), 'one'));
		await notices(() => renameSync(elsewhere, join(folder, 'moved')));
		await notices(() => writeFileSync(join(folder, 'moved/deep/a.txt'), 'one'));
		await notices(() => rmSync(join(folder, 'made'), { recursive: true }));
		await notices(() => mkdirSync(join(folder, 'made/deep'), { recursive: true }));
		await notices(() => writeFileSync(join(folder, 'made/deep/a.txt'), 'two'));
		await notices(() => renameSync(join(folder, 'made'), join(folder, 'renamed')));
		await notices(() => writeFileSync(join(folder, 'renamed/deep/a.txt'), 'three'));
		expect(errors).toEqual([]);
	});

	test.runIf(process.platform === 'linux')('tells nothing of folders that hold no documents', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, '.git/objects'), { recursive: true });
		mkdirSync(join(folder, 'node_modules/one'), { recursive: true });
		const { ignores } = watched(folder);
		await ignores(() => {
			writeFileSync(join(folder, '.git/objects/a'), 'one');
			writeFileSync(join(folder, 'node_modules/one/readme.md'), 'one');
		});
	});
});
