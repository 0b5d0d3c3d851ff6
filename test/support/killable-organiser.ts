import { createApplication } from '../../electron/application/application.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: repeats one action on the given data folder and reports each confirmation on its channel,
 * until it is killed.
 */
const [dataFolder, what] = process.argv.slice(2);
if (dataFolder === undefined || process.send === undefined) throw new Error('fork it with a data folder');

const { client } = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels({ script: { answers: [{ steps: [{ type: 'text', text: 'Yes.' }] }] } }),
});
process.on('disconnect', () => process.exit());

/** Creates a conversation with one answer; returns its id. */
async function begin(text: string): Promise<number> {
	const { conversationId, generationId } = await client.conversations.send({ conversationId: null, text });
	for await (const update of await client.generations.subscribe({ id: generationId })) {
		if (update.type === 'end') break;
	}
	return conversationId;
}

async function typeDrafts(): Promise<void> {
	const conversationId = await begin('A conversation to write in');
	for (let length = 1; ; length += 1) {
		const text = 'word '.repeat(length);
		await client.drafts.set({ conversationId, text });
		process.send?.({ confirmed: { conversationId, text } });
	}
}

async function fillAndEmpty(): Promise<void> {
	for (let round = 0; ; round += 1) {
		// Ids of erased conversations are reused, so texts identify the conversations.
		const texts = Array.from({ length: 4 }, (_, index) => `secret-${round}-${index} words`);
		const ids: number[] = [];
		for (const text of texts) ids.push(await begin(text));
		const [kept, ...gone] = ids;
		await client.organise.remove({ ids: gone });
		process.send?.({ confirmed: { kept, trashed: texts.slice(1) } });
		const emptying = client.trash.empty({ ids: gone });
		process.send?.({ confirmed: { emptying: texts.slice(1) } });
		await emptying;
		process.send?.({ confirmed: { emptied: texts.slice(1) } });
	}
}

process.send({ ready: true });
await (what === 'drafts' ? typeDrafts() : fillAndEmpty());
