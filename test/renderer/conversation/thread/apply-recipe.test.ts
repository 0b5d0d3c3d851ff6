import { expect, onTestFinished, test } from 'vitest';
import { createApplication } from '../../../../electron/application/application.ts';
import type { Recipe } from '../../../../electron/contract/server/recipe.ts';
import type { Connection } from '../../../../renderer/connection/connection.ts';
import { createThreadStore } from '../../../../renderer/conversation/thread/thread-store.ts';
import { scriptedApplicationModels } from '../../../support/scripted-models.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const recipe: Recipe = { systemPrompt: 'Be brief.', sampling: { temperature: 0.2 }, contextSize: 1024 };

test('an alias gives a conversation its model and recipe, before its first message and after it', async () => {
	const application = await createApplication({
		dataFolder: temporaryFolder(),
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	onTestFinished(() => application.close());
	const { client } = application;
	const connection = { client, state: { getState: () => ({ status: 'ready' }) }, onReady: () => {} };
	const thread = createThreadStore(
		connection as unknown as Connection,
		() => {},
		() => undefined,
	);
	await thread.open(null);
	await thread.applyRecipe(1, recipe);
	expect(thread.state.getState()).toMatchObject({
		...{ status: 'new', modelFileId: 1, systemPrompt: 'Be brief.' },
		options: { presetId: null, sampling: { temperature: 0.2 }, contextSize: 1024, prompt: null },
	});

	const { conversationId: id } = await client.conversations.send({
		...{ conversationId: null, text: 'Hello', systemPrompt: 'Be long.' },
		options: { presetId: null, sampling: { temperature: 1, topK: 3 }, contextSize: 2048, answerFormat: '{}' },
	});
	await thread.open(id);
	await thread.applyRecipe(1, recipe);
	const { conversation, options } = await client.conversations.get({ id });
	expect(conversation).toMatchObject({ modelFileId: 1, systemPrompt: 'Be brief.' });
	expect(options).toMatchObject({ sampling: { temperature: 0.2 }, contextSize: 1024, answerFormat: '{}' });
	expect(options.sampling).not.toHaveProperty('topK');
	const shown = thread.state.getState();
	expect(shown.status === 'ready' && [shown.options, shown.conversation]).toMatchObject([
		{ sampling: { temperature: 0.2 }, contextSize: 1024 },
		{ systemPrompt: 'Be brief.' },
	]);
});
