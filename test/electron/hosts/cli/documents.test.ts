import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

test('assay documents adds, lists, searches, removes and deletes', async () => {
	const { data } = makeFolders();
	const folder = join(data, '..', 'notes');
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'tides.md'), '# Tides\n\nThe moon pulls the sea, so the water rises twice a day.');
	writeFileSync(join(folder, 'owls.txt'), 'Owls hunt at night.');
	writeFileSync(join(folder, 'empty.txt'), '');
	const at = ['--json', '--data', data];

	const added = await runCli(['documents', 'add', 'Notes', folder, ...at]);
	expect(documentOf(added)).toMatchObject({
		collection: { name: 'Notes', documents: 3, failed: 1, chunks: 2, vectors: 0 },
		failed: [{ title: 'empty.txt', failure: { code: 'document-empty' } }],
	});
	const again = await runCli(['documents', 'add', 'notes', join(folder, 'owls.txt'), '--data', data]);
	expect(again.stdout).toMatch(/^Notes: 4 documents, 3 passages, 0 vectors/);

	const empty = await runCli(['documents', 'add', 'Notes', join(folder, 'empty.txt'), join(folder, 'owls.txt'), ...at]);
	expect(empty.code).toBe(1);
	expect(empty.stderr).toContain('empty.txt: ');
	expect(JSON.parse(empty.stdout)).toMatchObject({ collection: { documents: 5, failed: 2 } });

	const found = await runCli(['documents', 'search', 'Notes', 'who pulls the sea?', '--k', '1', ...at]);
	expect(documentOf(found)).toMatchObject({
		results: [{ rank: 1, file: join(folder, 'tides.md'), page: null, heading: ['Tides'], offset: 0 }],
		outcome: 'found',
		mode: 'bm25',
	});
	const nothing = await runCli(['documents', 'search', 'Notes', 'quantum chromodynamics', '--data', data]);
	expect(nothing).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing relevant') });

	const listed = await runCli(['documents', 'list', 'Notes', '--data', data]);
	expect(listed.stdout).toMatch(/tides\.md +markdown +1 +ready/);
	const removed = await runCli(['documents', 'remove', 'Notes', 'tides.md', ...at]);
	expect(documentOf(removed)).toMatchObject({ removed: 1 });
	const gone = await runCli(['documents', 'search', 'Notes', 'who pulls the sea?', ...at]);
	expect(documentOf(gone)).toMatchObject({ results: [], outcome: 'nothing-relevant' });

	const whole = await runCli(['documents', 'remove', 'Notes', folder, ...at]);
	expect(documentOf(whole)).toMatchObject({ removed: 2 });

	await runCli(['documents', 'remove', 'Notes', '--data', data]);
	const elsewhere = await runCli(['documents', 'list', '--data', data]);
	expect(elsewhere.stdout).toBe('All collections are in the trash. See them: assay documents list --trash\n');
	const trash = await runCli(['documents', 'list', '--trash', '--data', data]);
	expect(trash.stdout).toContain('Notes');
	const inside = await runCli(['documents', 'list', 'Notes', '--trash', '--data', data]);
	expect(inside).toMatchObject({ code: 0, stdout: expect.stringContaining('owls.txt') });
	const emptied = await runCli(['documents', 'empty-trash', '--yes', ...at]);
	expect(documentOf(emptied)).toMatchObject({ deleted: true, collections: 1 });
	const unknown = await runCli(['documents', 'search', 'Notes', 'sea', '--data', data]);
	expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no collection “Notes”') });
	const absent = await runCli(['documents', 'add', 'Other', join(folder, 'absent'), '--data', data]);
	expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file or folder') });
	const none = await runCli(['documents', 'list', '--data', data]);
	expect(none.stdout).toBe('No collections yet. Create one: assay documents add <name> <path>\n');
	const unnamed = await runCli(['documents', 'add', ' ', folder, '--data', data]);
	expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('the collection has no name') });
	const blank = await runCli(['documents', 'search', 'Notes', ' ', '--data', data]);
	expect(blank).toMatchObject({ code: 2, stderr: expect.stringContaining('no query given') });
	const wrong = await runCli(['documents', 'search', 'Notes', 'sea', '--mode', 'magic', '--data', data]);
	expect(wrong.code).toBe(2);
});
