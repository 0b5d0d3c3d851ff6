import { expect, onTestFinished, test, vi } from 'vitest';
import { createApplication } from '../../../../electron/application/application.ts';
import { createToastStore } from '../../../../renderer/app/toast-store.ts';
import { removeFolder } from '../../../../renderer/conversation/organise/change-folders-and-tags.ts';
import type { Services } from '../../../../renderer/services.ts';
import { answering } from '../../../support/conversation.ts';
import { addEmptyDatabase } from '../../../support/database.ts';
import { scriptedApplicationModels } from '../../../support/scripted-models.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('undo gives a removed folder its conversations and its facts back', async () => {
	const dataFolder = temporaryFolder();
	addEmptyDatabase(dataFolder);
	const application = await createApplication({
		...{ dataFolder, host: 'cli', version: '0.0.0', log: () => {} },
		models: scriptedApplicationModels(answering('Fine.')),
	});
	onTestFinished(() => application.close());
	const { client } = application;
	const toasts = createToastStore(() => 'chat');
	const fresh = { reload: async () => {}, refresh: async () => {} };
	const services = { connection: { client }, toasts, conversations: fresh, organisation: fresh } as unknown as Services;

	const folder = await client.folders.create({ name: 'Thesis' });
	const { conversationId: id } = await client.conversations.send({ conversationId: null, text: 'Hello' });
	await client.organise.move({ ids: [id], folderId: folder.id });
	const earlier = await client.memory.add({ text: 'Cite by author', folderId: folder.id });
	await client.memory.edit({ id: earlier.id, text: 'Cite by number' });
	const elsewhere = await client.memory.add({ text: 'I take no sugar' });

	await removeFolder(services, folder);
	expect((await client.memory.list()).facts.map(({ folderId }) => folderId)).toEqual([null, null, null]);
	toasts.state.getState()[0]?.action?.run();
	await vi.waitFor(async () => {
		const [again] = (await client.organise.overview()).folders;
		expect(again).toMatchObject({ name: 'Thesis', conversations: 1 });
		const facts = (await client.memory.list({ folderId: again?.id ?? 0 })).facts;
		expect(facts.map(({ text, state }) => [text, state]).toSorted()).toEqual([
			['Cite by author', 'superseded'],
			['Cite by number', 'accepted'],
		]);
	});
	expect((await client.memory.list({ scope: 'person' })).facts.map((fact) => fact.id)).toEqual([elsewhere.id]);
});
