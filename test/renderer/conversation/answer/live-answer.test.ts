import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLiveAnswer, writtenOf } from '../../../../renderer/conversation/answer/live-answer.ts';
import { addConversation, addMessage, emptyData } from '../../../support/fake-application/data.ts';

const data = emptyData();
const { id } = addConversation(data, 'x', 1);
const message = addMessage(data, id, { role: 'assistant', status: 'streaming' });
const tokens = (sequence: number, text: string, reasoning?: string) => ({
	type: 'tokens' as const,
	sequence,
	text,
	...(reasoning === undefined ? {} : { reasoning }),
	completionTokens: sequence,
	tokensPerSecond: 50,
	ttftMs: 90,
});

describe('an answer being written', () => {
	let frames: FrameRequestCallback[];
	const draw = () => {
		for (const frame of frames.splice(0)) frame(performance.now() + 1_000);
	};
	beforeEach(() => {
		frames = [];
		vi.stubGlobal('document', { hidden: false });
		vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
		vi.stubGlobal('cancelAnimationFrame', () => {});
	});
	afterEach(() => vi.unstubAllGlobals());

	test('changes once per frame, however many batches arrive', () => {
		const live = createLiveAnswer(message.id, 1, message);
		let changes = 0;
		live.state.subscribe(() => {
			changes += 1;
		});
		for (let sequence = 1; sequence <= 50; sequence += 1) live.push(tokens(sequence, 'a'));
		expect(changes).toBe(0);
		draw();
		expect(changes).toBe(1);
		expect(live.state.getState()).toMatchObject({ phase: 'writing', text: 'a'.repeat(50), completionTokens: 50 });
	});

	test('after a reconnect the snapshot wins, and batches that it already holds are dropped', () => {
		const live = createLiveAnswer(message.id, 1, message);
		live.push(tokens(1, 'Hel'));
		live.push({ type: 'snapshot', sequence: 3, message: { ...message, content: 'Hello wo' } });
		live.push(tokens(2, 'lo'));
		live.push(tokens(3, ' wo'));
		live.push(tokens(4, 'rld'));
		draw();
		expect(live.state.getState()).toMatchObject({ text: 'Hello world' });
	});

	test('a text stays while the model reads the results of its calls, and goes on after them', () => {
		const live = createLiveAnswer(message.id, 1, message);
		const round = {
			...{ contentEnd: 6, reasoningEnd: 0, promptTokens: 9, cachedTokens: 0, completionTokens: 2 },
			steps: [],
		};
		live.push(tokens(1, 'First.'));
		live.push({ type: 'round', index: 0, round });
		live.push({ type: 'prompt', processed: 1, total: 2, cached: 0, droppedTurns: 0 });
		draw();
		expect(live.state.getState().phase).toBe('prompt');
		expect(writtenOf(live.state.getState())?.text).toBe('First.');
		live.push(tokens(2, '\n\nSecond.'));
		draw();
		expect(writtenOf(live.state.getState())?.text).toBe('First.\n\nSecond.');
		expect(live.rounds.getState()).toEqual([round]);
	});

	test('reasoning grows separately from the text', () => {
		const live = createLiveAnswer(message.id, 1, message);
		live.push(tokens(1, '', 'hm, '));
		live.push(tokens(2, '', 'yes'));
		live.push(tokens(3, 'So:'));
		draw();
		expect(live.state.getState()).toMatchObject({ text: 'So:', reasoning: 'hm, yes' });
	});
});
