import { expect, test } from 'vitest';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { setUp, sums } from './setup.ts';

test('rows that one side has not answered yet count as different from nothing', async () => {
	const { evaluations, config, sessions } = setUp(sums(40), { models: 2 });
	sessions.delayMs = 5;
	const { id, arms } = await evaluations.start(config());
	while (evaluations.get(id).progress.done < 9) await new Promise((resolve) => setTimeout(resolve, 5));
	await evaluations.pause(id);
	const page = await evaluations.rows({
		arms: arms.map((arm) => arm.id),
		filter: 'different',
		bound: 1,
		scorer: null,
		tag: null,
		search: '',
		offset: 0,
		limit: 10,
	});
	expect(page.total).toBe(0);
});

test('a rule is tried on the newest run that asks alike, and outputs without an answer are shown', async () => {
	const { evaluations, config, ended, datasetId } = setUp(sums(4), {
		answer: (_, { text }) => ({ text: text.startsWith('2 +') ? 'I do not know' : `Let us see.\nAnswer: ${text[0]}.` }),
	});
	const thinking = techniqueSchema.parse({ kind: 'chain-of-thought' });
	expect(await evaluations.tryExtraction(datasetId, thinking)).toEqual({ arms: [], source: null, rows: [] });
	const { id, arms } = await evaluations.start(config({ techniques: [thinking] }));
	await ended(id);
	const other = await evaluations.start(config());
	await ended(other.id);
	const [asked, straight] = [arms[0]?.id ?? 0, other.arms[0]?.id ?? 0];
	const found = await evaluations.tryExtraction(datasetId, thinking);
	expect(found.source).toBe(asked);
	expect(found.arms).toMatchObject([
		{ armId: asked, run: { id }, tried: 4, found: 3 },
		{ armId: straight, run: { id: other.id }, tried: 4, found: 3 },
	]);
	expect(found.rows.map(({ key, answer, target }) => [key, answer, target])).toEqual([
		['sum-2', null, '3'],
		['sum-0', '0', '1'],
		['sum-1', '1', '2'],
		['sum-3', '3', '4'],
	]);
	// Another arm, or all of them, on request; one that is gone counts as not requested.
	expect((await evaluations.tryExtraction(datasetId, thinking, straight)).rows.map(({ armId }) => armId)).toEqual(
		Array.from({ length: 4 }, () => straight),
	);
	const all = await evaluations.tryExtraction(datasetId, thinking, 'all');
	expect(all.source).toBe('all');
	expect(all.rows.filter(({ answer }) => answer === null).map(({ armId }) => armId)).toEqual([asked, straight]);
	expect(await evaluations.tryExtraction(datasetId, thinking, 999)).toMatchObject({ source: asked });
	const pattern = { kind: 'regex', pattern: '(see|know)', group: 1, take: 'last', ignoreCase: false } as const;
	expect(await evaluations.tryExtraction(datasetId, { kind: 'zero-shot', extract: pattern })).toMatchObject({
		source: straight,
		arms: [{ run: { id: other.id }, found: 4 }, { run: { id } }],
	});
	await expect(
		evaluations.tryExtraction(datasetId, { kind: 'zero-shot', extract: { ...pattern, pattern: '(' } }),
	).rejects.toMatchObject({ code: 'pattern-invalid' });
});

test('a page from any row equals that part of all rows, with several answers per sample', async () => {
	const { evaluations, config, ended } = setUp(sums(30));
	const { id, arms } = await evaluations.start(config({ epochs: 3 }));
	await ended(id);
	const page = async (offset: number, limit: number) => {
		const asked = { arms: arms.map((arm) => arm.id), scorer: null, bound: 1, tag: null, search: '', offset, limit };
		const { rows, total } = await evaluations.rows({ ...asked, filter: 'all' });
		expect(total).toBe(90);
		return rows.map(({ position, epoch }) => `${position}.${epoch}`);
	};
	const all = await page(0, 500);
	expect(all).toHaveLength(90);
	for (const offset of [0, 1, 2, 3, 44, 89, 90]) expect(await page(offset, 7)).toEqual(all.slice(offset, offset + 7));
});
