import { expect, test } from 'vitest';
import { answering } from '../../support/conversation.ts';
import { errorOf, serving, user } from './serving.ts';

const script = answering([{ type: 'text', text: 'It is Lyon.' }]);

async function servingFeedback(keep: 'off' | 'day' | 'always') {
	const served = await serving(script);
	const { client } = served.application;
	await client.settings.set({ serverKeepBodies: keep });
	const { secret } = await client.server.addKey({ name: 'thumbs', scopes: ['feedback'] });
	const answer = await served.ask('/v1/chat/completions', {
		messages: [{ role: 'system', content: 'Be brief.' }, ...user('Capital of France?')],
	});
	const { id } = (await answer.json()) as { id: string };
	const rate = (body: object) =>
		served.ask('/v1/feedback', { response_id: id, ...body }, { authorization: `Bearer ${secret}` });
	return { ...served, client, id, rate };
}

test('feedback fills the store of the thumbs, with the exact prompt if texts are kept', async () => {
	const { client, rate, id } = await servingFeedback('always');
	const response = await rate({ rating: 'down', tags: ['wrong-fact'], comment: 'no', correction: 'It is Paris.' });
	expect(response.status).toBe(200);
	expect(await response.json()).toEqual({
		object: 'feedback',
		response_id: id,
		rating: 'down',
		tags: ['wrong-fact'],
		comment: 'no',
		correction: 'It is Paris.',
		prompt_kept: true,
	});
	const { feedback: items } = await client.feedback.list({});
	expect(items).toMatchObject([
		{
			rating: 'down',
			tags: ['wrong-fact'],
			prompt: 'Capital of France?',
			answer: 'It is Lyon.',
			correction: 'It is Paris.',
		},
	]);
	const { text } = await client.feedback.export({ format: 'sft' });
	expect(JSON.parse(text)).toEqual({
		messages: [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'Capital of France?' },
			{ role: 'assistant', content: 'It is Paris.' },
		],
	});
	// It is in nobody's way.
	expect((await client.conversations.list({})).conversations).toEqual([]);
	expect(await (await rate({ rating: 'up' })).json()).toMatchObject({
		rating: 'up',
		tags: [],
		correction: 'It is Paris.',
	});
	expect((await client.feedback.list({})).feedback).toHaveLength(1);
});

test('texts that are kept for a day do not become permanent by a rating', async () => {
	const { client, rate } = await servingFeedback('day');
	expect(await (await rate({ rating: 'up' })).json()).toMatchObject({ rating: 'up', prompt_kept: false });
	expect((await client.feedback.list({})).feedback).toMatchObject([{ prompt: '', answer: '' }]);
});

test('without kept texts it still counts for the model, and becomes no training data', async () => {
	const { client, rate } = await servingFeedback('off');
	expect(await (await rate({ rating: 'up' })).json()).toMatchObject({ rating: 'up', prompt_kept: false });
	const { counts } = await client.feedback.summary({});
	expect(counts).toMatchObject([{ up: 1, down: 0 }]);
	expect((await client.feedback.export({ format: 'sft' })).text).toBe('');
	const { feedback: items } = await client.feedback.list({});
	expect(items).toMatchObject([{ prompt: '', answer: '' }]);
});

test('feedback on an unknown answer, without content or without the scope is refused', async () => {
	const { ask, rate } = await servingFeedback('off');
	expect(await errorOf(await rate({ response_id: 'chatcmpl-no', rating: 'up' }))).toMatchObject({
		status: 404,
		code: 'response_not_found',
	});
	expect((await rate({})).status).toBe(400);
	expect((await rate({ rating: 'great' })).status).toBe(400);
	expect(await errorOf(await ask('/v1/feedback', { response_id: 'x', rating: 'up' }))).toMatchObject({ status: 403 });
});
