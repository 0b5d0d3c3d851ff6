import { describe, expect, test } from 'vitest';
import { serving, user } from './serving.ts';

const image = { type: 'input_image', image_url: 'x' };
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } };
const result = (content: unknown) => ({ type: 'tool_result', tool_use_id: 'a', content });

describe('an error names the field as the client sent it', () => {
	test.for([
		['no items', { input: [] }, 'input'],
		[
			'an image after instructions',
			{ instructions: 'Be brief.', input: [{ type: 'reasoning' }, { role: 'user', content: [image] }] },
			'input.1.content.0.type',
		],
		['an unknown role', { input: [{ role: 'alien', content: 'x' }] }, 'input.0.role'],
		[
			'a part without its text',
			{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
			'input.0.content.0.text',
		],
		['a call without a name', { input: [{ type: 'function_call', arguments: '{}' }] }, 'input.0.name'],
		['a result that is a number', { input: [{ type: 'function_call_output', output: 7 }] }, 'input.0.output'],
		[
			'a schema that can’t be followed',
			{ input: 'x', text: { format: { type: 'json_schema', name: 'x', schema: { $ref: '#/none' } } } },
			'text.format',
		],
	] as const)('of a response: %s', async ([, body, param]) => {
		const { ask } = await serving();
		const answer = await ask('/v1/responses', body);
		const { error } = (await answer.json()) as { error: { param: string; message: string } };
		expect([answer.status, error.param]).toEqual([400, param]);
		expect(error.message).toMatch(/^(input|text)\b/);
	});

	test.for([
		['an image', { messages: [...user('x'), { role: 'user', content: [picture] }] }, 'messages.1.content.0: '],
		[
			'an image after a result, with a system prompt',
			{ system: 'Be brief.', messages: [{ role: 'user', content: [result('done'), picture] }] },
			'messages.0.content.1: ',
		],
		[
			'an image in a result',
			{ messages: [{ role: 'user', content: [result([picture])] }] },
			'messages.0.content.0.content.0: ',
		],
		[
			'a result that is a number',
			{ messages: [{ role: 'user', content: [result(7)] }] },
			'messages.0.content.0.content is ',
		],
		[
			'a block without its text',
			{ messages: [{ role: 'user', content: [{ type: 'text' }] }] },
			'messages.0.content.0.text: ',
		],
	] as const)('of a message: %s', async ([, body, beginning]) => {
		const { ask } = await serving();
		const answer = await ask('/v1/messages', { max_tokens: 5, ...body });
		const { error } = (await answer.json()) as { error: { message: string } };
		expect(answer.status).toBe(400);
		expect(error.message.slice(0, beginning.length)).toBe(beginning);
	});
});

test.for([
	['/v1/embeddings', { input: 7 }, 'input: Invalid input: expected string or array'],
	['/v1/embeddings', { input: [] }, 'input: Too small: expected array to have >=1 items'],
	['/v1/chat/completions', { messages: user('x'), stop: {} }, 'stop: Invalid input: expected string or array'],
	[
		'/v1/chat/completions',
		{ messages: user('x'), logit_bias: { a: 1 } },
		'logit_bias.a: the keys are numbers of tokens',
	],
	[
		'/v1/chat/completions',
		{ messages: [{ role: 'user', content: ['x'] }] },
		'messages.0.content.0: Invalid input: expected object, received string',
	],
] as const)('what is wrong with a value of %s is said, not only that it is wrong', async ([path, body, message]) => {
	const { ask } = await serving();
	const answer = await ask(path, body);
	const { error } = (await answer.json()) as { error: { message: string } };
	expect([answer.status, error.message]).toEqual([400, message]);
});
