import { expect, test } from 'vitest';
import { makeFolders } from '../folders.ts';
import { documentOf, runCli } from '../run-cli.ts';

const text = (words: string) => [{ type: 'text' as const, text: words }];
const script = {
	answers: [{ when: 'Summarise this conversation', steps: text('They greet.') }, { steps: text('Hello.') }],
};

test('assay conversations summary makes a summary and reads it; chat --overflow chooses what happens', async () => {
	const { data, model } = makeFolders();
	const ask = ['chat', 'Hello', '--model', model, '--data', data, '--json'];
	const first = await runCli([...ask, '--overflow', 'summary'], { script });
	expect(first).toMatchObject({ code: 0 });
	const { conversationId } = documentOf(first) as { conversationId: number };
	const summary = ['conversations', 'summary', String(conversationId), '--data', data];
	expect((await runCli(summary, { script })).stdout).toContain('No summary yet');
	expect(documentOf(await runCli([...summary, '--json'], { script }))).toEqual({
		policy: 'summary',
		active: null,
		shown: null,
		versions: [],
	});
	// The last exchange always stays as it is.
	const refused = await runCli([...summary, '--make'], { script });
	expect(refused).toMatchObject({ code: 1 });
	expect(refused.stderr).toContain('There is nothing to summarise');
	expect((await runCli([...ask, '--overflow', 'sometimes'], { script })).code).toBe(2);
});
