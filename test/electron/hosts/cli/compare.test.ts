import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { runCli } from './run-cli.ts';

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'assay-compare-cli-'));
	writeFileSync(join(folder, 'text.txt'), 'the cat and the dog went to the sea. '.repeat(80));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
	const { code, stdout } = await runCli([...args, '--json', '--data', join(folder, 'data')]);
	return { code, ...JSON.parse(stdout) };
}

const names = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name);

test('a comparison is measured and extended, has an exact manifest, and drops and restores a file', async () => {
	const compared = await run(
		...['compare', '--reference', writeTinyGguf(join(folder, 'tiny.F32.gguf')), '--quantize', 'Q8_0,Q4_0'],
		...['--text', join(folder, 'text.txt'), '--context', '64', '--chunks', '2', '--threads', '1'],
		...['--prompt', '16', '--generate', '8', '--repetitions', '2'],
	);
	expect(compared).toMatchObject({ code: 0, status: 'done' });
	expect(names(compared.rows)).toEqual(['F32', 'Q8_0', 'Q4_0']);

	const id = String(compared.id);
	expect(await run('compare', '--more', id)).toMatchObject({ code: 2 });
	const grown = await run('compare', '--more', id, '--chunks', '4');
	expect(grown).toMatchObject({ code: 0, status: 'done', plan: { chunks: 4 } });
	const chunksOf = ({ quality }: { quality: { chunks: number }[] }) => quality[0]?.chunks;
	expect(grown.rows.map(chunksOf)).toEqual([4, 4, 4]);

	const { parts, hash } = await run('comparisons', 'manifest', id);
	expect(hash).toMatch(/^[0-9a-f]{64}$/);
	expect(JSON.stringify(parts)).toContain('tokens scored in 4 chunks');

	const left = await run('comparisons', 'drop', id, 'Q4_0');
	expect(names(left.comparison.rows)).toEqual(['F32', 'Q8_0']);
	expect(await run('comparisons', 'drop', id, 'Q4_0')).toMatchObject({
		code: 1,
		error: { code: 'comparison-file-unknown' },
	});
	const back = await run('comparisons', 'drop', id, 'Q4_0', '--undo');
	expect(back.comparison.rows).toEqual(grown.rows);
}, 300_000);
