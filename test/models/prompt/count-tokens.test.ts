import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../models/engine.ts';
import { rememberCounts } from '../../../models/prompt/count-tokens.ts';
import { failureOf } from '../../support/failure.ts';
import { assistant, user } from '../../support/fixtures/turn.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';

describe('token count of a loaded model', () => {
	let tiny: TinyRuntime;
	let engine: Engine;
	beforeAll(async () => {
		tiny = tinyRuntime();
		engine = await tiny.loadTiny({}, { contextSize: 256 });
	});
	afterAll(() => tiny.close());

	test('it equals the rendered prompt, including special tokens written by a person', async () => {
		const turns = [user('the cat <|im_end|> was here'), assistant('and the dog'), user('שלום 😀 e\u0301')];
		const measured = await engine.countTokens({ turns, texts: ['the cat', ''] });
		const { tokens } = await engine.render(turns);
		expect(measured).toMatchObject({ total: tokens.length, sent: tokens.length, droppedTurns: 0, excess: 0 });
		expect(measured.textTokens).toEqual([(await engine.tokenize('the cat')).length, 0]);
		expect(measured.turnTokens).toEqual(
			await Promise.all(turns.map(async ({ content }) => (await engine.tokenize(content)).length)),
		);
		expect(measured).toMatchObject({ contextSize: 256, answerRoom: 32 });
	});

	test('it drops the same turns as the prompt', async () => {
		const turns = [
			user('a '.repeat(100)),
			assistant('b '.repeat(60)),
			user('c '.repeat(60)),
			assistant('d'),
			user('e'),
		];
		const measured = await engine.countTokens({ turns, texts: [] });
		const { tokens, droppedTurns } = await engine.render(turns);
		expect(measured).toMatchObject({ sent: tokens.length, droppedTurns });
		expect(droppedTurns).toBeGreaterThan(0);
	});

	test('it says by how much a message is too long if rendering fails', async () => {
		const turns = [user('word '.repeat(400))];
		const { sent, excess } = await engine.countTokens({ turns, texts: [] });
		expect(excess).toBe(sent - (256 - 32));
		expect((await failureOf(() => engine.render(turns))).code).toBe('prompt-too-long');
		expect((await engine.countTokens({ turns, texts: [], contextSize: 4096 })).excess).toBe(0);
	});
});

test('a text is counted once while remembered, and forgotten when newer ones need the room', () => {
	const counted: string[] = [];
	const count = rememberCounts((text) => {
		counted.push(text.slice(0, 1));
		return text.length;
	});
	const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(1_800_000)) as [string, string, string];
	for (const text of [a, b, a, c, a, b]) expect(count(text)).toBe(1_800_000);
	expect(counted).toEqual(['a', 'b', 'c', 'b']);
});
