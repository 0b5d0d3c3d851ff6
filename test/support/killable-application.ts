import { createApplication } from '../../electron/application/application.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: an application on the given data folder answers one message with numbered words and reports
 * on its channel what a window would have received, until it is killed.
 */
const [dataFolder, tokenDelayMs] = process.argv.slice(2);
if (dataFolder === undefined || process.send === undefined) throw new Error('fork it with a data folder');

const text = Array.from({ length: 20_000 }, (_, index) => `w${index}`).join(' ');
const { client } = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels({
		script: {
			contextSize: 100_000,
			answers: [{ steps: [{ type: 'text', text, tokenDelayMs: Number(tokenDelayMs) }] }],
		},
	}),
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
for (;;) {
	const start = await client.conversations.send({ conversationId: null, text: 'Count for me, please.' });
	process.send({ sent: start });
	for await (const update of await client.generations.subscribe({ id: start.generationId })) {
		if (update.type === 'tokens') process.send({ text: update.text });
	}
}
