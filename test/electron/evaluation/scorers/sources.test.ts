import { describe, expect, test } from 'vitest';
import { scorerSchema } from '../../../../electron/contract/evaluation/scorer.ts';
import { readExpectedSources, type SentPassage } from '../../../../electron/evaluation/scorers/expected-sources.ts';
import { scoreByJudge } from '../../../../electron/evaluation/scorers/judge.ts';
import { scoreQuotes, scoreSources } from '../../../../electron/evaluation/scorers/sources.ts';

const passage = (title: string, text = '', page: number | null = null): SentPassage => ({ title, text, page });

function inputOf(sources: string | null, passages: readonly SentPassage[] | null, output = '') {
	const variables: Record<string, string> = sources === null ? {} : { sources };
	const sample = { input: 'Question?', target: 'x', choices: null, variables, metadata: {} };
	return { sample, output, answer: output, detail: {}, passages };
}

function measured(
	measure: string,
	sources: string | null,
	passages: readonly SentPassage[] | null,
	k: number | null = null,
) {
	const scorer = scorerSchema.parse({ kind: 'sources', measure, k });
	if (scorer.kind !== 'sources') throw new Error('no scorer of sources');
	return scoreSources(scorer, inputOf(sources, passages)).value;
}

describe('passages against the expected sources', () => {
	// Ranks: noise, a, again a, noise, b. The second passage of a counts neither as found nor as noise.
	const ranking = [passage('noise'), passage('a.md'), passage('a.md'), passage('other'), passage('B.txt')];

	test('a fixed ranking gives the values computed by hand', () => {
		const ideal = 1 + 1 / Math.log2(3) + 1 / 2;
		expect(measured('recall', 'a\nb; c', ranking)).toBeCloseTo(2 / 3, 12);
		expect(measured('mrr', 'a\nb; c', ranking)).toBe(1 / 2);
		expect(measured('ndcg', 'a\nb; c', ranking)).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / ideal, 12);
		expect(measured('precision', 'a\nb; c', ranking)).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12);
	});

	test('whole documents have no order: only their recall is scored, of all of them', () => {
		const whole = ranking.map((one) => ({ ...one, isWhole: true }));
		expect(measured('recall', 'a; b', whole, 1)).toBe(1);
		for (const measure of ['mrr', 'ndcg', 'precision']) expect(measured(measure, 'a; b', whole)).toBeNull();
	});

	test('only the first k passages count', () => {
		expect(measured('recall', 'a; b', ranking, 3)).toBe(1 / 2);
		expect(measured('recall', 'b', ranking, 4)).toBe(0);
		expect(measured('ndcg', 'a', ranking, 1)).toBe(0);
		expect(measured('ndcg', 'a', ranking, 2)).toBeCloseTo(1 / Math.log2(3), 12);
	});

	test('a page or a quote decides which passage of a document it is', () => {
		const pages = [passage('Guide.pdf', 'The tide is low.', 3), passage('Guide.pdf', 'The tide\nis  high.', 4)];
		expect(measured('mrr', '{"document":"guide","page":4}', pages)).toBe(1 / 2);
		expect(measured('mrr', '[{"document":"guide.pdf","quote":"the tide is high"}]', pages)).toBe(1 / 2);
		expect(measured('recall', '[{"document":"guide.pdf","quote":"no such words"}]', pages)).toBe(0);
		// The whole document has no page of its own.
		expect(measured('recall', '{"document":"guide","page":9}', [passage('Guide.pdf', 'All of it')])).toBe(1);
	});

	test('a name is the same with or without its extension, but a version is no extension', () => {
		const manual = [passage('Manual 2.0')];
		expect(measured('recall', 'Manual 2.1', manual)).toBe(0);
		expect(measured('recall', 'manual 2.0.pdf', manual)).toBe(1);
		expect(measured('recall', 'docs/manual 2.0', [passage('Manual 2.0.md')])).toBe(1);
		expect(measured('recall', 'notes.txt', [passage('notes.md')])).toBe(0);
	});

	test('without expected sources, or where nothing was looked up, a sample is unscored', () => {
		expect(measured('recall', null, ranking)).toBeNull();
		expect(measured('recall', 'a', null)).toBeNull();
		expect(measured('recall', 'a', [])).toBe(0);
		expect(readExpectedSources({ variables: { sources: '[broken' }, metadata: {} }, 'sources')).toEqual([
			{ document: '[broken', page: null, quote: null },
		]);
		expect(readExpectedSources({ variables: {}, metadata: { gold: ['x.md'] } }, 'gold')).toHaveLength(1);
	});
});

test('quotes are true if they stand in a passage; an answer without quotes is unscored', () => {
	const sent = [passage('a', 'The kettle on the stove was older than the house.')];
	const quotes = '“older than the house” and “younger than the garden”';
	expect(scoreQuotes(inputOf(null, sent, quotes)).value).toBe(1 / 2);
	expect(scoreQuotes(inputOf(null, sent, 'It was old.')).value).toBeNull();
	expect(scoreQuotes(inputOf(null, null, quotes)).value).toBeNull();
});

test('a judge of faithfulness sees the passages, and judges nothing where there were none', async () => {
	const judge = scorerSchema.parse({
		kind: 'judge',
		modelFileId: 1,
		rubric: 'Every claim is in the sources.',
		showSources: true,
	});
	if (judge.kind !== 'judge') throw new Error('no judge');
	let asked = '';
	const ask = async (turns: readonly { readonly content: string }[]) => {
		asked = turns.map(({ content }) => content).join('\n');
		return 'PASS';
	};
	const sent = [passage('Kettles.md', 'Kettles whistle.')];
	expect(await scoreByJudge(judge, inputOf(null, sent, 'They whistle.'), ask)).toMatchObject({ value: 1 });
	expect(asked).toContain('Source 1:\n"""\nKettles.md\n\nKettles whistle.');
	expect(await scoreByJudge(judge, inputOf(null, null, 'They whistle.'), ask)).toMatchObject({ value: null });
});
