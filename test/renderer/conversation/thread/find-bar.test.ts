import { expect, test } from 'vitest';
import { findMessages } from '../../../../renderer/conversation/thread/find-bar.tsx';

const messages = [
	{ id: 1, content: 'How does a Kettle work?', reasoning: null },
	{ id: 2, content: 'It heats water.', reasoning: 'They ask about kettles.' },
	{ id: 3, content: 'Thanks', reasoning: null },
];

test('words are found in text and reasoning regardless of case; an empty query finds nothing', () => {
	expect(findMessages(messages, ' kettle ')).toEqual([1, 2]);
	expect(findMessages(messages, 'WATER')).toEqual([2]);
	expect(findMessages(messages, 'teapot')).toEqual([]);
	expect(findMessages(messages, '  ')).toEqual([]);
	expect(findMessages([{ id: 1, content: 'İstanbul', reasoning: null }], 'istanbul')).toEqual([1]);
});
