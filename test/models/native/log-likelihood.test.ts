import { expect, test } from 'vitest';
import type { LikelihoodRequest, LikelihoodResult } from '../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { prose, workshop } from './tiny.ts';

const shots = prose.slice(0, 600);
const requests: LikelihoodRequest[] = [
	...[' mat', ' dog ran', ' a', ' the cat sat on'].map((own, index) => ({
		context: `${shots} Question ${index}:`,
		continuations: [own, ' yes', ' no, it was not', '.'],
	})),
	{ context: 'the cat', continuations: [' sat'] },
	{ context: '', continuations: [' sat', 'x'] },
	{ context: prose.slice(0, 3000), continuations: [' the end', ' and so on'] },
];

async function score(model: string, some: LikelihoodRequest[]): Promise<LikelihoodResult> {
	return (await runNativeTask({ kind: 'loglikelihood', model, requests: some, threads: 1 })).result;
}

test('requests scored together, with shared prefixes, get exactly the numbers that each gets alone', async () => {
	const model = workshop().model('a.gguf');
	const together = await score(model, requests);
	const alone = await Promise.all(requests.map(async (request) => (await score(model, [request])).rows[0]));
	expect(together.rows.map(({ index }) => index)).toEqual(requests.map((_, index) => index));
	expect(together.rows).toEqual(alone.map((row, index) => ({ ...row, index })));
	expect(together.rows.flatMap(({ logLikelihoods }) => logLikelihoods).every((log) => log < 0)).toBe(true);
	expect(together.decodedTokens).toBeLessThan(together.tokensWithoutReuse / 3);
});

test('the contents of other requests in a decode change nothing, to the last bit', async () => {
	const model = workshop().model('a.gguf');
	const mine = { context: `${shots} Question:`, continuations: [' mat', ' no, it was not'] };
	const withOther = (word: string): Promise<LikelihoodResult> =>
		score(model, [mine, { context: `${shots} Question: ${word}`, continuations: [` ${word}`, ` ${word}.`] }]);
	// Words with as many letters have as many tokens here, so that the shapes are equal.
	const [first, second] = [await withOther('zqx'), await withOther('vkj')];
	expect(second.decodedTokens).toBe(first.decodedTokens);
	expect(second.rows[1]?.logLikelihoods).not.toEqual(first.rows[1]?.logLikelihoods);
	expect(second.rows[0]).toEqual(first.rows[0]);
});

test('the same task twice gives the same bits', async () => {
	const model = workshop().model('a.gguf');
	const [first, second] = [await score(model, requests), await score(model, requests)];
	expect(second.rows).toEqual(first.rows);
});

test('log-likelihoods of all next tokens of a one-token continuation add up to a distribution', async () => {
	const model = workshop().model('a.gguf');
	// A letter after a letter is one token each; the sum of their probabilities can't exceed 1.
	const letters = [...'abcdefghijklmnopqrstuvwxyz'];
	const { rows } = await score(model, [{ context: 'q', continuations: letters }]);
	const total = (rows[0]?.logLikelihoods ?? []).reduce((sum, log) => sum + Math.exp(log), 0);
	expect(rows[0]?.tokens).toEqual(letters.map(() => 1));
	expect(total).toBeGreaterThan(0);
	expect(total).toBeLessThan(1);
	expect(rows[0]?.greedy.filter(Boolean).length ?? 0).toBeLessThanOrEqual(1);
});

test('more choices than a decode has sequences are all scored', async () => {
	const model = workshop().model('a.gguf');
	const choices = Array.from({ length: 150 }, (_, index) => ` ${index}`);
	const { rows } = await score(model, [{ context: 'the number is', continuations: choices }]);
	expect(rows[0]?.logLikelihoods.length).toBe(150);
	expect(rows[0]?.logLikelihoods.every((log) => log < 0)).toBe(true);
});

test('a context longer than the trained length loses its start, and the row says how much', async () => {
	const model = workshop().model('a.gguf', { contextLength: 128 });
	const { rows } = await score(model, [{ context: prose.slice(0, 2000), continuations: [' end'] }]);
	expect(rows[0]?.truncated).toBeGreaterThan(0);
	expect((rows[0]?.contextTokens ?? 0) + (rows[0]?.tokens[0] ?? 0) - 1).toBe(128);
});
