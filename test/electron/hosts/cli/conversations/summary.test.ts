import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { insertSummary } from '../../../../../electron/conversation/store/summaries.ts';
import { closeDatabase, connect } from '../../../../../electron/database/connect.ts';
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

test('a summary is edited as a new version, which is used from then on', async () => {
	const { data, model } = makeFolders();
	const first = await runCli(['chat', 'Hello', '--model', model, '--data', data, '--json'], { script });
	const { conversationId, messageId } = documentOf(first) as { conversationId: number; messageId: number };
	const summary = (...args: string[]) =>
		runCli(['conversations', 'summary', String(conversationId), '--data', data, ...args], { script });
	const none = await summary('--edit', 'We met.');
	expect(none).toMatchObject({ code: 1 });
	expect(none.stderr).toContain(`Make one: assay conversations summary ${conversationId} --make`);

	const database = connect(join(data, 'assay.db'));
	const made = { untilId: messageId, messages: 2, text: 'They greet.', writtenBy: 'model', modelName: 'Tiny' } as const;
	insertSummary(database, { conversationId, ...made, atOnce: false, createdAt: 1 });
	closeDatabase(database);
	expect((await summary('--edit', 'We met.')).stdout).toMatch(
		/^# Version 2, by you, .* of the first 2 messages\n\nWe met\.$/m,
	);
	const file = join(data, '..', 'summary.txt');
	writeFileSync(file, 'We met,\r\nand talked.\r\n');
	const edited = documentOf(await summary('--edit-file', file, '--json'));
	expect(edited).toMatchObject({ shown: { number: 3, writtenBy: 'person', text: 'We met,\nand talked.' } });
	expect((await summary()).stdout).toContain('# Version 3');
	for (const wrong of [
		['--edit', ' '],
		['--edit', 'a', '--make'],
		['--edit', 'a', '--edit-file', file],
	]) {
		expect([wrong, (await summary(...wrong)).code]).toEqual([wrong, 2]);
	}
});
