import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AnswerDocument, sourceLines } from '../../../../electron/hosts/cli/chat-answer.ts';
import { makeFolders } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

const script = {
	answers: [{ steps: [{ type: 'text' as const, text: 'At four [1], and “never on a Sunday evening” [1].' }] }],
};

test('assay chat --with answers from a collection, and --json carries the ledger', async () => {
	const folders = makeFolders();
	const { data, model } = folders;
	const file = join(data, 'handbook.md');
	await runCli(['models', 'list', '--data', data]);
	writeFileSync(file, '# Tea\n\nTea is served at four.\n');
	expect(await runCli(['documents', 'add', 'Handbook', file, '--no-watch', '--data', data])).toMatchObject({ code: 0 });
	const base = ['chat', 'When is tea served?', '--model', model, '--data', data];

	const end = await runCli([...base, '--with', 'handbook', '--json'], { script });
	expect(end).toMatchObject({ code: 0 });
	expect(documentOf(end)).toMatchObject({
		ledger: {
			parts: expect.arrayContaining([expect.objectContaining({ kind: 'documents', cached: 0 })]),
			sources: [{ number: 1, whole: true, page: null }],
			unfoundQuotes: ['never on a Sunday evening'],
			leftOut: [],
		},
	});

	const unsaved = await runCli([...base, '--with', 'Handbook', '--no-save', '--json'], { script });
	const lines = sourceLines(documentOf(unsaved) as AnswerDocument);
	expect(lines).toEqual([expect.stringMatching(/^\[1\] ./), 'not in any source: “never on a Sunday evening”']);

	const plain = await runCli([...base, '--json'], { script });
	expect(documentOf(plain)).toMatchObject({ ledger: { sources: [], leftOut: [], unfoundQuotes: [] } });

	const unknown = await runCli([...base, '--with', 'Nothing'], { script });
	expect(unknown).toMatchObject({ code: 1 });
	expect(unknown.stderr).toContain('There is no collection “Nothing”');
});
