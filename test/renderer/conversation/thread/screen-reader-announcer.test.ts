import { describe, expect, test } from 'vitest';
import type { LiveState } from '../../../../renderer/conversation/answer/live-answer.ts';
import {
	createAnnouncer,
	takeSentences,
	toSpokenText,
} from '../../../../renderer/conversation/thread/screen-reader-announcer.ts';
import { addConversation, addMessage, emptyData } from '../../../support/fake-application/data.ts';

const writing = (text: string): LiveState => ({
	phase: 'writing',
	text,
	reasoning: null,
	reasoningMs: null,
	completionTokens: 1,
	tokensPerSecond: null,
	ttftMs: null,
});
const data = emptyData();
const { id } = addConversation(data, 'x', 1);
const ended = (content: string, status: 'complete' | 'stopped' | 'failed' = 'complete') =>
	addMessage(data, id, {
		role: 'assistant',
		status,
		content,
		failure: status === 'failed' ? { code: 'worker-crashed', message: 'The engine stopped.', next: [] } : null,
	});

/** Returns the announcements for a text that grows by `perSecond` characters a second, checked twice a second. */
function heard(text: string, perSecond: number): { at: number; said: string }[] {
	const announcer = createAnnouncer('');
	const said: { at: number; said: string }[] = [];
	for (let at = 0; (at / 1000) * perSecond < text.length; at += 500) {
		const words = announcer.next(writing(text.slice(0, (at / 1000) * perSecond)), at);
		if (words !== null) said.push({ at, said: words });
	}
	return said;
}

describe('announcing an answer to screen readers', () => {
	test('a call that needs permission is announced at once, and once', () => {
		const announcer = createAnnouncer('');
		const step = {
			...{ callId: 'c', server: '', name: 'send_message', arguments: '{}', status: 'asking' as const },
			...{ result: null, startedAt: null, durationMs: null },
		};
		const ends = { contentEnd: 0, reasoningEnd: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
		const rounds = [{ ...ends, steps: [step] }];
		announcer.next(writing('A long sentence that takes a while to be spoken. '), 0);
		expect(announcer.next(writing(''), 1, rounds)).toContain('asks to call send_message');
		expect(announcer.next(writing(''), 100_000, rounds)).toBeNull();
	});

	test('announces whole sentences without markup; an unfinished sentence waits', () => {
		const spoken = toSpokenText('One **bold** thing. Two thi');
		const first = takeSentences(spoken, 0, 200);
		expect(first.text).toBe('One bold thing.');
		expect(takeSentences(toSpokenText('One **bold** thing. Two things! Thr'), first.end, 200).text).toBe('Two things!');
		expect(takeSentences('3.5 is a number', 0, 200).end).toBe(0);
	});

	test('code is named, not spelled out; links are their words; the rule under a table head is silent', () => {
		expect(toSpokenText('Run:\n\n```python\nx = 1\ny = 2\n```\nDone.')).toBe('Run:\nCode, python, 2 lines.\nDone.');
		expect(toSpokenText('See [the page](https://example.org/a_b).')).toBe('See the page.');
		expect(toSpokenText('| a | b |\n|---|---|\n| 1 | 2 |').replaceAll(/\s+/g, ' ').trim()).toBe('a b 1 2');
		expect(toSpokenText('Before.\n```js\nlet half')).toBe('Before.\n');
	});

	test('a fast answer does not flood: each announcement leaves time to speak the one before, and the order is kept', () => {
		const text = Array.from({ length: 200 }, (_, n) => `Sentence number ${n} of a long answer goes here. `).join('');
		const said = heard(text, 2_000);
		expect(said.length).toBeGreaterThan(0);
		said.slice(1).forEach(({ at }, index) => {
			const before = said[index]!;
			expect(at - before.at).toBeGreaterThanOrEqual(Math.max(1_500, before.said.length * 50));
			expect(before.said.length).toBeLessThanOrEqual(260);
		});
		const all = said.map((each) => each.said).join(' ');
		expect(text.startsWith(all)).toBe(true);
	});

	test('a slow answer is announced in full', () => {
		const text = 'First this. Then that. At last the end. ';
		const announcer = createAnnouncer('');
		const parts: string[] = [];
		for (let at = 0; at < 10_000; at += 500) {
			const words = announcer.next(writing(text.slice(0, at / 100)), at);
			if (words !== null) parts.push(words);
		}
		expect([...parts, announcer.end(ended(text))].join(' ')).toBe(`${text}Answer finished.`);
	});

	test('the end announces how it ended, with the rest of the text if short and its length if long', () => {
		expect(createAnnouncer('').end(ended('Short answer'))).toBe('Short answer Answer finished.');
		expect(createAnnouncer('').end(ended('word '.repeat(300)))).toBe('300 more words. Answer finished.');
		expect(createAnnouncer('Told. ').end(ended('Told. ', 'stopped'))).toBe('Answer stopped.');
		expect(createAnnouncer('').end(ended('', 'failed'))).toBe('The answer failed. The engine stopped.');
	});

	test('text from before listening began is not announced; loading is announced once', () => {
		const announcer = createAnnouncer('Old text. ');
		expect(announcer.next(writing('Old text. New text. '), 0)).toBe('New text.');
		const fresh = createAnnouncer('');
		const loading: LiveState = { phase: 'loading', modelName: 'SmolLM2', stage: 'weights', fraction: 0.5 };
		expect([fresh.next(loading, 0), fresh.next(loading, 9_000)]).toEqual(['Loading SmolLM2', null]);
	});
});
