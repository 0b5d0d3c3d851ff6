import { createApplication } from '../../electron/application/application.ts';
import type { MessageFeedback } from '../../electron/contract/feedback/schema.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: rates and corrects one answer again and again, and reports each request (`asked`) and each
 * acknowledgement (`said`), until it is killed.
 */
const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined || process.send === undefined) throw new Error('fork it with a data folder');

const { client } = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels(),
});
process.on('disconnect', () => process.exit());
const { conversations } = await client.conversations.list({});
const existing = conversations[0];
const messageId =
	existing === undefined
		? await firstAnswer()
		: ((await client.conversations.get({ id: existing.id })).messages.at(-1)?.id ?? 0);
const { feedback } = await client.feedback.of({ messageIds: [messageId] });
let round = feedback[0]?.earlier ?? 0;
for (;;) {
	round += 1;
	const rating = round % 2 === 0 ? ('up' as const) : ('down' as const);
	const tags = [`round-${round}`];
	process.send({ asked: { rating, tags, comment: `Comment ${round}` } });
	report(await client.feedback.rate({ messageId, rating, tags, comment: `Comment ${round}` }));
	report(await client.feedback.correct({ messageId, correction: `Correction ${round}` }));
}

function report(said: MessageFeedback): void {
	process.send?.({ said });
}

async function firstAnswer(): Promise<number> {
	const start = await client.conversations.send({ conversationId: null, text: 'Is 391 a prime number?' });
	for await (const update of await client.generations.subscribe({ id: start.generationId })) {
		if (update.type === 'end') return start.messageId;
	}
	return start.messageId;
}
