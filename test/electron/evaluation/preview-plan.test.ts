import { expect, test } from 'vitest';
import { planPreviewInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { setUp } from './setup.ts';

const rows = [
	{ key: 'a', input: 'What is 1 + 1?', target: '2', tags: ['easy'] },
	{ key: 'b', input: 'What is 2 + 2?', target: '4', tags: ['hard'] },
	{ key: 'c', input: 'What is 3 + 3?', target: '6', split: 'examples', variables: { why: 'Three twice is 6.' } },
	{ key: 'd', input: 'What is 4 + 4?', target: '8', split: 'examples', variables: { why: 'Four twice is 8.' } },
];

test('a preview shows the prompt of the run: the same examples, answered as the technique says', async () => {
	const { evaluations, config, ended, datasetId, promptVersionId } = setUp(rows);
	const techniques = [
		{ kind: 'zero-shot' },
		{ kind: 'few-shot', shots: 2, split: 'examples', pick: 'first', answer: '{{why}} So {{target}}' },
	] as const;
	const { id } = await evaluations.start(config({ techniques: [techniques[1]] }));
	await ended(id);
	const input = (more: object) =>
		planPreviewInputSchema.parse({ dataset: { datasetId }, promptVersionId, techniques, technique: 1, ...more });
	const second = await evaluations.preview(input({ position: 1 }));
	expect(second).toMatchObject({ key: 'b', target: '4', last: true, examples: ['c', 'd'] });
	expect(second.request).toMatchObject({
		kind: 'generate',
		turns: [
			{ role: 'user', content: 'What is 3 + 3?' },
			{ role: 'assistant', content: 'Three twice is 6. So 6' },
			{ role: 'user', content: 'What is 4 + 4?' },
			{ role: 'assistant', content: 'Four twice is 8. So 8' },
			{ role: 'user', content: 'What is 2 + 2?' },
		],
	});
	const [arm] = evaluations.get(id).arms;
	const { answers } = evaluations.row([arm?.id ?? 0], 1, 0);
	expect(second.request).toMatchObject({ turns: answers[0]?.turns });

	// Splits that another technique draws from are not tested, tags narrow the selection, and a sample that can't be
	// asked gives the reason.
	expect(await evaluations.preview(input({ technique: 0, position: 0 }))).toMatchObject({ key: 'a', last: false });
	expect(await evaluations.preview(input({ technique: 0, dataset: { datasetId, tags: ['hard'] } }))).toMatchObject({
		key: 'b',
		last: true,
	});
	await expect(evaluations.preview(input({ position: 2 }))).rejects.toMatchObject({ code: 'sample-unknown' });
	await expect(
		evaluations.preview(input({ techniques: [{ kind: 'few-shot', shots: 5 }], technique: 0 })),
	).rejects.toMatchObject({ code: 'too-few-examples' });
	await expect(
		evaluations.preview(input({ techniques: [{ ...techniques[1], answer: '{{nothing}}' }], technique: 0 })),
	).rejects.toMatchObject({ code: 'variable-missing' });
});
