import { describe, expect, test } from 'vitest';
import type { Message } from '../../../../electron/contract/conversation/schema.ts';
import { describeOverflow, formatStats } from '../../../../renderer/conversation/answer/answer-wording.ts';
import { addConversation, addMessage, emptyData, generationFacts } from '../../../support/fake-application/data.ts';
import { nodeLlamaCppBuild } from '../../../support/fixtures/model.ts';

const data = emptyData();
const { id } = addConversation(data, 'x', 1);
const answer = (facts: Parameters<typeof generationFacts>[0], status: Message['status'] = 'complete') =>
	addMessage(data, id, { role: 'assistant', status, generation: generationFacts(facts) });

describe('the line under an answer', () => {
	test('has tokens, speed, first token, cached, ending, model', () => {
		expect(formatStats(answer({}))).toEqual([
			'214 tokens',
			'61 tok/s',
			'first token 92 ms',
			'1,904 of 2,031 prompt tokens cached',
			'finished',
			'SmolLM2 135M Q4_1',
		]);
	});

	test.each([
		[{ stopReason: 'stopped' as const }, 'stopped' as const, 'stopped by you'],
		[{ stopReason: 'context-full' as const }, 'complete' as const, 'stopped: the context of 4,096 is full'],
		[{ stopReason: 'stop-string' as const, stopString: '###' }, 'complete' as const, 'stopped at “###”'],
		[{ stopReason: null }, 'interrupted' as const, 'interrupted'],
	])('%j is described by how it ended', (facts, status, words) => {
		expect(formatStats(answer(facts, status))).toContain(words);
	});

	test('names the engine only if it is not the usual one', () => {
		expect(formatStats(answer({ engineBuild: nodeLlamaCppBuild }))).toContain('node-llama-cpp');
	});

	test('counts the messages that the overflow policy left out', () => {
		expect(describeOverflow(answer({ droppedTurns: 0 }))).toBeNull();
		expect(describeOverflow(answer({ droppedTurns: 2 }))).toBe(
			'The 2 oldest messages were left out: the context holds 4,096 tokens. The system prompt was kept.',
		);
	});
});
