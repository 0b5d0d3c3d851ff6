import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { runCli } from './run-cli.ts';

test('embed prints a vector for each text, and says what it needs', async () => {
	const folder = temporaryFolder();
	const model = writeTinyGguf(join(folder, 'embedder.gguf'), {
		metadata: { 'llama.pooling_type': { type: 'uint32', value: 1 } },
	});
	const run = (...args: string[]) => runCli(['embed', ...args, '--threads', '1', '--data', join(folder, 'data')]);
	const { stdout, code } = await run(model, 'the cat', 'a dog', '--json');
	expect(code).toBe(0);
	const document = JSON.parse(stdout) as { embeddings: number[][]; tokens: number[] };
	expect(document).toMatchObject({ dimensions: 64, pooling: 'mean', tokens: [expect.any(Number), expect.any(Number)] });
	expect(document.embeddings.map((vector) => Math.hypot(...vector).toFixed(4))).toEqual(['1.0000', '1.0000']);
	const lines = (await run(model, 'the cat', 'a dog')).stdout.trim().split('\n');
	expect(lines.map((line) => JSON.parse(line))).toEqual(document.embeddings);
	const other = writeTinyGguf(join(folder, 'writer.gguf'));
	const refused = await run(other, 'the cat', '--json');
	expect(refused.code).toBe(1);
	expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'not-an-embedding-model' } });
});
