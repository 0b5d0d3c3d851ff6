import { describe, expect, test } from 'vitest';
import { openMeasurement } from '../../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import type { TinyGgufOptions } from '../../../support/tiny-gguf.ts';
import { prose, workshop } from '../tiny.ts';
import { answerOf, asked, bitsOf, continued, failureCode } from './ask.ts';
import { measuring, mixed, opened, shots } from './sessions.ts';

describe('session', () => {
	test('its facts say what it measures with', async () => {
		const { facts } = await measuring({ contextLength: 512 }, { width: 8 });
		expect(facts).toMatchObject({ contextSize: 512, width: 8, cells: 4096, chat: true, threads: 1 });
		expect(facts.engineBuild).toContain('llama.cpp');
		expect(facts.model.architecture).toBe('llama');
	});

	test('rows are answered in order, and each is reported once, as it finishes', async () => {
		const session = await measuring();
		const told: number[] = [];
		const rows = await session.generate(mixed, { onRow: (index) => told.push(index) });
		expect(rows.map((row) => answerOf(row).completionTokens <= 14)).toEqual(mixed.map(() => true));
		expect(told.toSorted((a, b) => a - b)).toEqual(mixed.map((_, index) => index));
		expect(told).not.toEqual(told.toSorted((a, b) => a - b));
		expect(answerOf(rows[3]).cachedTokens).toBeGreaterThan(100);
		expect(await session.generate([])).toEqual([]);
	});

	test('token counts match those of the rows', async () => {
		const session = await measuring();
		const rows = [asked('how are you'), continued('the sea of that'), continued('')];
		const counts = await session.count(rows.map(({ prompt }) => prompt));
		const measured = await session.generate(rows);
		expect(counts).toEqual(measured.map((row) => answerOf(row).promptTokens));
	});
});

describe('equal shards give equal bits', () => {
	test('in one session, in another, and across a kill', async () => {
		const gguf = { seed: 7 };
		const first = await measuring(gguf);
		const once1 = await first.generate(mixed);
		// Other work in between has no effect.
		await first.generate(mixed.slice(5, 9));
		await first.likelihood([{ context: shots, continuations: [' the sea'] }]);
		expect(bitsOf(await first.generate(mixed))).toEqual(bitsOf(once1));
		const killed = await measuring(gguf);
		const seen: number[] = [];
		const broken = killed.generate(mixed, {
			onRow: (index) => {
				seen.push(index);
				if (seen.length === 3) process.kill(killed.processId, 'SIGKILL');
			},
		});
		expect((await failureOf(() => broken)).code).toBe('native-process-died');
		const again = await measuring(gguf);
		expect(bitsOf(await again.generate(mixed))).toEqual(bitsOf(once1));
	});

	test("with the previous shard's prefix reused, wholly or in part", async () => {
		const gguf = { seed: 7 };
		const longer = mixed.map((row, index) => asked(`${shots} and then ${index} of it`, row.sampling, index));
		const fresh = await measuring(gguf);
		const alone = await fresh.generate(longer);
		const session = await measuring(gguf);
		await session.generate(mixed);
		expect(bitsOf(await session.generate(longer))).toEqual(bitsOf(alone));
		expect(bitsOf(await session.generate(longer))).toEqual(bitsOf(alone));
		await session.generate(mixed.slice(0, 3));
		expect(bitsOf(await session.generate(longer))).toEqual(bitsOf(alone));
	});

	test('at width 1 a row has the tokens that it has alone', async () => {
		const session = await measuring({ seed: 7 }, { width: 1 });
		const together = await session.generate(mixed);
		for (const [index, row] of mixed.entries()) {
			const [alone] = await session.generate([row]);
			expect(answerOf(alone).tokenIds, `row ${index}`).toEqual(answerOf(together[index]).tokenIds);
		}
	});

	test('equal prompts are computed once and answered with their own seeds', async () => {
		const session = await measuring({ seed: 7 }, { width: 3 });
		const votes = Array.from({ length: 8 }, (_, index) =>
			asked(
				`${index < 5 ? 'one of the sea' : 'two of the mat'} ${'and that '.repeat(40)}`,
				{ temperature: 1.5 },
				index,
			),
		);
		const rows = (await session.generate(votes)).map(answerOf);
		expect(new Set(rows.map(({ tokenIds }) => tokenIds.join())).size).toBeGreaterThan(4);
		const once1 = rows.filter(({ cachedTokens, promptTokens }) => cachedTokens === promptTokens - 1);
		expect(once1.length).toBe(6);
	});
});

describe('independent rows', () => {
	test.each([2, 3, 8])('get the same bits whatever rows are with them, at width %i', async (width) => {
		const session = await measuring({ seed: 7 }, { width, independent: true });
		const all = (await session.generate(mixed)).map((row) => answerOf(row).tokenIds);
		const first = (await session.generate(mixed.slice(0, 5))).map((row) => answerOf(row).tokenIds);
		expect(first).toEqual(all.slice(0, 5));
		const reversed = (await session.generate(mixed.toReversed())).map((row) => answerOf(row).tokenIds);
		expect(reversed.toReversed()).toEqual(all);
		const [alone] = await session.generate(mixed.slice(9, 10));
		expect(answerOf(alone).tokenIds).toEqual(all[9]);
	});

	test('share what they have in common, and fail alone', async () => {
		const session = await measuring({ seed: 7 }, { width: 3, independent: true });
		const rows = await session.generate([
			asked(shots),
			asked(prose.repeat(20)),
			asked(shots),
			{ ...asked('the sea'), grammar: 'root ::= "ab"' },
			asked(`${shots} and more`),
		]);
		expect(rows.map(failureCode)).toEqual([null, 'prompt-too-long', null, null, null]);
		expect(answerOf(rows[3]).text).toBe('ab');
		const [first, , again, , longer] = rows;
		expect(answerOf(first).cachedTokens).toBe(0);
		expect(answerOf(again).cachedTokens).toBe(answerOf(again).promptTokens - 1);
		expect(answerOf(longer).cachedTokens).toBeGreaterThanOrEqual(64);
		expect(answerOf(again).tokenIds).toEqual(answerOf(first).tokenIds);
	});

	test('find room where the cells allow fewer than the width', async () => {
		const gguf = { seed: 7 };
		const roomy = await measuring(gguf, { width: 8, independent: true });
		const narrow = await measuring(gguf, { width: 8, independent: true, cells: 600 });
		const tokens = async (session: typeof roomy) =>
			(await session.generate(mixed)).map((row) => answerOf(row).tokenIds);
		expect(await tokens(narrow)).toEqual(await tokens(roomy));
		// Rows of 640 tokens: room for one, and for two.
		const long = { ...gguf, contextLength: 640 };
		const whole = await tokens(await measuring(long, { width: 8, independent: true }));
		for (const cells of [640, 1400]) {
			expect(await tokens(await measuring(long, { width: 8, independent: true, cells }))).toEqual(whole);
		}
	});
});

describe('a row that can’t be answered fails alone', () => {
	test('if its prompt is too long, or its grammar is invalid', async () => {
		const session = await measuring({ contextLength: 256 });
		const rows = await session.generate([
			asked('the sea'),
			asked(prose),
			{ ...asked('the sea'), grammar: 'root ::= (' },
			{ ...asked('the sea'), grammar: 'other ::= "a"' },
			asked('the sea'),
		]);
		expect(rows.map(failureCode)).toEqual([null, 'prompt-too-long', 'grammar-invalid', 'grammar-invalid', null]);
		expect(bitsOf([rows[4]!])).toEqual(bitsOf([rows[0]!]));
		const [failed] = rows.slice(1);
		if (failed === undefined || !('failure' in failed)) throw new Error('it did not fail');
		expect(failed.failure.message).toMatch(/has [\d,]+ tokens, and a context of 256 has room for \d+/);
		expect(failed.failure.next.length).toBeGreaterThan(0);
	});

	test('if a base model is asked to chat; it does continue a text', async () => {
		const session = await measuring({ chatTemplate: null });
		const rows = await session.generate([asked('the sea'), continued('the sea of')]);
		expect(rows.map(failureCode)).toEqual(['no-chat-template', null]);
	});

	test('a base model with a chosen template is asked in turns, and its answers end at the template’s texts', async () => {
		const source = '{% for m in messages %}{{ m.content }}{% endfor %}';
		const plain = await measuring({ chatTemplate: null });
		const [expected] = await plain.generate([continued('the sea of')]);
		if (expected === undefined || 'failure' in expected) throw new Error('it did not answer');
		await plain.close();
		const chosen = await measuring({ chatTemplate: null }, { chatTemplate: { source, stop: [] } });
		expect(chosen.facts.chat).toBe(true);
		const [answer] = await chosen.generate([asked('the sea of')]);
		expect(answer).toMatchObject({ text: expected.text });
		await chosen.close();
		const stop = [expected.text.trim().slice(0, 3)];
		const stopping = await measuring({ chatTemplate: null }, { chatTemplate: { source, stop } });
		expect((await stopping.generate([asked('the sea of')]))[0]).toMatchObject({ stopReason: 'stop-string' });
	});

	test.each([1, 4])("if the model's results are not numbers, at width %i", async (width) => {
		const damaged: TinyGgufOptions = {
			tensors: (tensors) =>
				tensors.map((tensor) =>
					tensor.name === 'blk.0.ffn_up.weight'
						? { ...tensor, data: new Uint8Array(tensor.data.length).fill(0xff) }
						: tensor,
				),
		};
		const session = await measuring(damaged, { checkTensors: false, width });
		const rows = await session.generate([asked('the sea'), asked('of the mat', { temperature: 1 })]);
		expect(rows.map(failureCode)).toEqual(['scores-not-finite', 'scores-not-finite']);
		const model = workshop().model('nan.gguf', damaged);
		const refused = await failureOf(() => openMeasurement({ model, width, threads: 1 }));
		expect(refused.code).toBe('model-load-failed');
	});
});

describe('end of an answer', () => {
	test('an answer ends by its length, the context, or a stop string, which is not part of it', async () => {
		const session = await measuring({ contextLength: 128, seed: 3 }, { width: 2 });
		const [short, full] = await session.generate([
			continued('the sea', { maxTokens: 5 }),
			continued('the sea', { maxTokens: null }),
		]);
		expect(answerOf(short)).toMatchObject({ stopReason: 'max-tokens', completionTokens: 5 });
		expect(['context-full', 'end']).toContain(answerOf(full).stopReason);
		const { text } = answerOf(full);
		const stop = text.slice(4, 8);
		const [stopped] = await session.generate([continued('the sea', { maxTokens: null, stop: [stop] })]);
		const cut = text.slice(0, text.indexOf(stop));
		expect(answerOf(stopped)).toMatchObject({ stopReason: 'stop-string', stopString: stop, text: cut });
	});

	test('a grammar constrains it, at any width and temperature', async () => {
		const grammar = 'root ::= ("yes" | "no") " " [0-9]+ "."';
		for (const width of [1, 3]) {
			const session = await measuring({ seed: 5 }, { width });
			const rows = [0, 0.8, 2].flatMap((temperature) =>
				[1, 2, 3].map((seed) => ({ ...asked('of the sea', { temperature, maxTokens: 30 }, seed), grammar })),
			);
			for (const row of await session.generate(rows)) {
				const { text, stopReason } = answerOf(row);
				expect(text).toMatch(stopReason === 'end' ? /^(yes|no) \d+\.$/ : /^(yes|no) \d*\.?$/);
			}
		}
	});
});

describe('log-likelihoods', () => {
	test('they equal those of the separate task, and get a start token on request', async () => {
		const model = workshop().model('a.gguf');
		const items = [' mat', ' dog ran', ' a'].map((own, index) => ({
			context: `${shots} Question ${index}:`,
			continuations: [own, ' yes', '.'],
		}));
		const { result } = await runNativeTask({ kind: 'loglikelihood', model, requests: items, threads: 1 });
		const session = await openMeasurement({ model, width: 1, threads: 1 });
		opened(session);
		const measured = await session.likelihood(items);
		expect(measured).toEqual(result.rows.map(({ index: _index, ...row }) => row));
		const started = await session.likelihood(items.map((item) => ({ ...item, addBos: 'auto' as const })));
		expect(started[0]?.contextTokens).toBe((measured[0]?.contextTokens ?? 0) + 1);
	});

	test('they follow turns through the chat template', async () => {
		const session = await measuring();
		const turns = [{ role: 'user' as const, content: 'the sea or the mat' }];
		const [item] = await session.likelihood([{ context: { turns }, continuations: ['the sea', 'the mat and it'] }]);
		expect(item?.contextTokens).toBe((await session.count([{ turns }]))[0]);
		expect(item?.logLikelihoods.every((log) => log < 0)).toBe(true);
	});
});
