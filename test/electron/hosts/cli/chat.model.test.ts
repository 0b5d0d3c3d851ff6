import { expect, test } from 'vitest';
import { starterModelPath } from '../../../support/starter-model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { documentOf, runCli } from './run-cli.ts';

test('the starter model names the capital of England, and the same seed repeats the answer', async () => {
	const starter = await starterModelPath();
	const data = temporaryFolder();
	const ask = (...more: string[]) =>
		runCli(['chat', 'What is the capital of England?', '--threads', '1', '--json', '--data', data, ...more]);
	const greedy = await ask('--model', starter, '--temperature', '0');
	expect(greedy.code).toBe(0);
	expect(documentOf(greedy)).toMatchObject({
		text: expect.stringContaining('London'),
		stopReason: 'end',
		// The model's own template with its default system message, token for token.
		usage: { promptTokens: 37 },
	});
	const drawn = await ask('--seed', '11', '--max-tokens', '24');
	const again = await ask('--seed', '11', '--max-tokens', '24', '--no-save');
	const textOf = (end: typeof drawn) => (documentOf(end) as { text: string }).text;
	expect(textOf(again)).toBe(textOf(drawn));
});
