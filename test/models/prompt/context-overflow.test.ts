import { describe, expect, test } from 'vitest';
import type { ChatTurn } from '../../../models/contract/generation.ts';
import { fitTurns, reservedAnswerTokens } from '../../../models/prompt/context-overflow.ts';

const words = (text: string): number => text.split(' ').length;
const render = (turns: readonly ChatTurn[]): string => turns.map((turn) => `[${turn.role}] ${turn.content}`).join(' ');
const cutTo = (turns: readonly ChatTurn[], limit: number) => fitTurns(turns, limit, render, words, words);

const system: ChatTurn = { role: 'system', content: 'be kind' };
/** Creates a question of `size` words with an equally long answer. */
const exchange = (name: string, size: number): ChatTurn[] => [
	{ role: 'user', content: Array(size).fill(`${name}?`).join(' ') },
	{ role: 'assistant', content: Array(size).fill(`${name}!`).join(' ') },
];
const question: ChatTurn = { role: 'user', content: 'and now' };

describe('conversation longer than the context', () => {
	test('it stays whole while it fits', () => {
		const turns = [system, ...exchange('a', 5), question];
		expect(cutTo(turns, 100)).toMatchObject({ droppedTurns: 0, fits: true, prompt: render(turns) });
	});

	test('it loses its oldest exchanges in pairs, never the system prompt', () => {
		const turns = [system, ...exchange('a', 10), ...exchange('b', 10), ...exchange('c', 10), question];
		const fitted = cutTo(turns, 60);
		expect(fitted.fits).toBe(true);
		expect(fitted.droppedTurns % 2).toBe(0);
		expect(fitted.prompt).toBe(render([system, ...turns.slice(1 + fitted.droppedTurns)]));
		expect(fitted.prompt).toContain('c!');
		expect(fitted.prompt).not.toContain('a?');
		expect(fitted.tokens).toBeLessThanOrEqual(60);
	});

	test('its start stays for several turns after a drop, so that the prefix can be reused', () => {
		const turns: ChatTurn[] = [system];
		const starts: string[] = [];
		for (let round = 0; round < 30; round += 1) {
			turns.push(...exchange(`q${round}`, 5));
			const { prompt, fits, tokens } = cutTo([...turns, question], 100);
			expect(fits && tokens <= 100).toBe(true);
			starts.push(prompt.split(' ').slice(0, 6).join(' '));
		}
		const changes = starts.filter((start, index) => index > 0 && start !== starts[index - 1]).length;
		expect(changes).toBeGreaterThan(3);
		expect(changes).toBeLessThan(20);
	});

	test('a last message that alone is too long is reported', () => {
		const turns = [system, ...exchange('a', 5), { role: 'user' as const, content: Array(200).fill('x').join(' ') }];
		expect(cutTo(turns, 100)).toMatchObject({ fits: false, droppedTurns: 2 });
	});

	test('a question without an answer is dropped by itself if it is too long, and joins the next one otherwise', () => {
		const long: ChatTurn = { role: 'user', content: Array(200).fill('x').join(' ') };
		expect(cutTo([system, long, question], 100)).toMatchObject({
			fits: true,
			droppedTurns: 1,
			prompt: render([system, question]),
		});
		expect(cutTo([system, { role: 'user', content: 'before' }, question], 100)).toMatchObject({
			fits: true,
			droppedTurns: 0,
			prompt: render([system, { role: 'user', content: 'before\n\nand now' }]),
		});
	});

	test('an answer at the start is dropped first', () => {
		const turns: ChatTurn[] = [{ role: 'assistant', content: Array(90).fill('hello').join(' ') }, question];
		expect(cutTo(turns, 50)).toMatchObject({ fits: true, droppedTurns: 1 });
	});
});

test('an eighth of the context is reserved for the answer, within bounds', () => {
	expect([128, 1024, 8192].map(reservedAnswerTokens)).toEqual([16, 128, 512]);
});
