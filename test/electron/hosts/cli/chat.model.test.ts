import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { documentOf, runCli } from './run-cli.ts';

const starter = join(homedir(), '.cache', 'assay', 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf');

test('the starter model, asked from the command line, knows the capital of France, and says it again with the same seed', async ({
	skip,
}) => {
	skip(!existsSync(starter), `SKIPPED: the starter model is not at ${starter}`);
	const data = temporaryFolder();
	const ask = (...more: string[]) =>
		runCli(['chat', 'What is the capital of France?', '--threads', '1', '--json', '--data', data, ...more]);
	const greedy = await ask('--model', starter, '--temperature', '0');
	expect(greedy.code).toBe(0);
	expect(documentOf(greedy)).toMatchObject({
		text: expect.stringContaining('Paris'),
		stopReason: 'end',
		// The model's own template with its default system message, token for token.
		usage: { promptTokens: 37 },
	});
	const drawn = await ask('--seed', '11', '--max-tokens', '24');
	const again = await ask('--seed', '11', '--max-tokens', '24', '--no-save');
	const textOf = (end: typeof drawn) => (documentOf(end) as { text: string }).text;
	expect(textOf(again)).toBe(textOf(drawn));
});
