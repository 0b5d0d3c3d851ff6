import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApplication } from '../../../electron/application/application.ts';
import { answering } from '../../support/conversation.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const secret = 'xylophone-in-the-orchard';

test('a diagnostics bundle contains no word of any conversation', async () => {
	const dataFolder = temporaryFolder();
	mkdirSync(join(dataFolder, 'logs'));
	writeFileSync(join(dataFolder, 'logs', 'assay.log'), `2026-11-24 cannot open ${homedir()}/private/x.gguf\n`);
	const failure = { code: 'worker-crashed', message: `it stopped at ${secret}`, next: ['Try again'], detail: secret };
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(
			answering(
				[{ type: 'text', text: `You said ${secret}` }],
				[
					{ type: 'text', text: secret },
					{ type: 'fail', failure },
				],
			),
		),
	});
	onTestFinished(() => application.close());
	const { client } = application;
	const { sampling } = await client.settings.get();
	await client.settings.set({ systemPrompt: `Be a ${secret}`, sampling: { ...sampling, stop: [secret] } });
	for (const text of [`Tell me of a ${secret}`, `Again: ${secret}`]) {
		const { generationId, messageId, conversationId } = await client.conversations.send({ conversationId: null, text });
		for await (const _update of await client.generations.subscribe({ id: generationId }));
		await client.conversations.rename({ id: conversationId, title: `Title of ${secret}` });
		await client.feedback.rate({ messageId, rating: 'down', tags: [secret], comment: `Not a ${secret}` });
		await client.feedback.correct({ messageId, correction: secret });
	}
	await client.search.find({ text: secret });
	await client.backups.create();

	const bundle = await client.diagnostics.collect();

	expect(JSON.stringify(bundle)).not.toContain(secret);
	expect(JSON.stringify(bundle)).not.toContain(dataFolder);
	if (homedir().length > 1) expect(JSON.stringify(bundle)).not.toContain(`${homedir()}/`);
	const texts = Object.fromEntries(bundle.parts.map(({ name, text }) => [name, text]));
	expect(Object.keys(texts)).toEqual([
		'computer.json',
		'settings.json',
		'models.json',
		'database.json',
		'storage.json',
		'activity.json',
		'log.txt',
	]);
	expect(JSON.parse(texts['settings.json']!)).toMatchObject({
		systemPromptCharacters: `Be a ${secret}`.length,
		sampling: { stopTexts: 1 },
	});
	expect(JSON.parse(texts['database.json']!)).toMatchObject({ rows: { conversations: 2, messages: 4 } });
	expect(texts['log.txt']).toContain('~/private/x.gguf');
	expect(bundle.parts.every(({ description }) => description.length > 20)).toBe(true);
});
