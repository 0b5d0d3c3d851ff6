import { expect, test } from 'vitest';
import { feedbackFilterSchema } from '../../../electron/contract/feedback/schema.ts';
import { readSamples } from '../../../electron/dataset/read-version.ts';
import { correctAnswer, rateAnswer } from '../../../electron/feedback/record.ts';
import { answering, conversationForTest, converse } from '../../support/conversation.ts';
import { datasetsOn } from '../../support/dataset.ts';

const everything = feedbackFilterSchema.parse({});
const filing = { tags: ['from chat'] };

async function withAnswers() {
	const context = conversationForTest(answering('It is Lyon.', 'Because I say so.'));
	const first = await converse(context, 'What is the capital of France?', { systemPrompt: 'Be brief.' });
	return { context, first, ...datasetsOn(context.database, context.path) };
}

test('a correction becomes the target and the answer the worse one; the sample links back, and is not added twice', async () => {
	const { context, first, datasets, database } = await withAnswers();
	const { fromConversations } = datasets;
	const messageId = first.messageId;
	const into = { name: 'From chat' };
	await expect(fromConversations.message({ messageId, into, approve: false, ...filing })).rejects.toMatchObject({
		code: 'no-target',
	});
	expect(datasets.manage.list(false)).toEqual([]);
	correctAnswer(context, { messageId, correction: 'Paris.' });
	const added = await fromConversations.message({ messageId, into, approve: false, ...filing });
	expect(added).toMatchObject({ known: false, changed: 1, dataset: { name: 'From chat' } });
	const [sample] = readSamples(database, added.version.id);
	expect(sample).toMatchObject({
		key: `message ${messageId}`,
		target: 'Paris.',
		metadata: { rejected: 'It is Lyon.' },
		tags: ['from chat'],
		cluster: `conversation ${first.conversationId}`,
		input: [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'What is the capital of France?' },
		],
		source: { kind: 'message', conversationId: first.conversationId, messageId },
	});
	const again = await fromConversations.message({
		messageId,
		into: { datasetId: added.dataset.id },
		approve: false,
		...filing,
	});
	expect(again).toMatchObject({ known: true, changed: 0, undoId: null, sample: { id: sample?.id } });
	expect(fromConversations.uses([messageId])).toEqual([
		{
			messageId,
			datasetId: added.dataset.id,
			datasetName: 'From chat',
			versionId: added.version.id,
			sampleId: sample?.id,
		},
	]);
	await expect(
		fromConversations.message({ messageId: first.userMessageId ?? 0, into, approve: true, ...filing }),
	).rejects.toMatchObject({ code: 'not-an-answer' });
});

test('an approved answer becomes its own target', async () => {
	const { context, first, datasets } = await withAnswers();
	rateAnswer(context, { messageId: first.messageId, rating: 'up', tags: ['good'], comment: null });
	const added = await datasets.fromConversations.message({
		messageId: first.messageId,
		into: { name: 'x' },
		approve: false,
		...filing,
	});
	expect(added.sample).toMatchObject({ target: 'It is Lyon.', tags: ['from chat', 'good'] });
});

test('all answers that match a feedback filter are added and undone at once', async () => {
	const { context, first, datasets, database } = await withAnswers();
	const { fromConversations } = datasets;
	await expect(
		fromConversations.feedback({ filter: everything, into: { name: 'x' }, ...filing }),
	).rejects.toMatchObject({
		code: 'nothing-to-add',
	});
	correctAnswer(context, { messageId: first.messageId, correction: 'Paris.' });
	const second = await converse(context, 'Why?', { conversationId: first.conversationId });
	rateAnswer(context, { messageId: second.messageId, rating: 'down', tags: [], comment: null });
	const added = await fromConversations.feedback({
		filter: everything,
		into: { name: 'x' },
		split: 'train',
		...filing,
	});
	expect(added).toMatchObject({ changed: 1, known: 0, leftOut: 1 });
	expect([...readSamples(database, added.version.id)]).toMatchObject([{ split: 'train', target: 'Paris.' }]);
	const into = { datasetId: added.dataset.id };
	expect(await fromConversations.feedback({ filter: everything, into, ...filing })).toMatchObject({
		changed: 0,
		known: 1,
	});
	expect(await datasets.edit.undo(added.undoId ?? '')).toMatchObject({ samples: 0 });
});
