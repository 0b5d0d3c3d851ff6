import { createApplication } from '../../electron/application/application.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: makes two backups, an empty one and one of some megabytes, and restores them in turn on the
 * given data folder, until it is killed.
 */
const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined || process.send === undefined) throw new Error('fork it with a data folder');

const { client } = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels({ script: { answers: [{ steps: [{ type: 'text', text: 'Yes.' }] }] } }),
});
process.on('disconnect', () => process.exit());

await client.settings.set({ theme: 'light' });
const small = await client.backups.create();
await client.settings.set({ theme: 'dark', systemPrompt: 'long '.repeat(1_000_000) });
const { conversationId: _id, generationId } = await client.conversations.send({ conversationId: null, text: 'Kept?' });
for await (const update of await client.generations.subscribe({ id: generationId })) if (update.type === 'end') break;
const large = await client.backups.create();

process.send({ ready: true });
for (;;) {
	for (const { path } of [small, large]) {
		process.send({ restoring: path });
		await client.backups.restore({ path });
	}
}
