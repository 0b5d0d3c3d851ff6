import type { Score, Scorer } from '../../contract/evaluation/scorer.ts';
import { findQuotes } from '../../conversation/unfound-quotes.ts';
import { contextPrecisionAt, ndcgAt, recallAt, reciprocalRank } from '../../statistics/retrieval.ts';
import { isFrom, rankSources, readExpectedSources } from './expected-sources.ts';
import { nothingLookedUp, quoted, type ScoreInput, scored, unscored } from './score-outcome.ts';

type Of<Kind extends Scorer['kind']> = Extract<Scorer, { kind: Kind }>;

/** Scores which passages were put into the prompt, by the sources that the sample expects. */
export function scoreSources({ measure, k, column }: Of<'sources'>, { sample, passages }: ScoreInput): Score {
	if (passages == null) return unscored(nothingLookedUp);
	const expected = readExpectedSources(sample, column);
	if (expected === null) return unscored(`The sample names no expected source in its column “${column}”.`);
	const isRanked = passages.every(({ isWhole }) => isWhole !== true);
	if (measure !== 'recall' && !isRanked) {
		return unscored('Whole documents were sent, so no search put them in order.');
	}
	const sent = isRanked ? passages.slice(0, k ?? passages.length) : passages;
	const ranked = rankSources(sent, expected);
	const relevant = new Map(expected.map((_, index) => [index, 1]));
	const most = ranked.length;
	const value = {
		recall: () => recallAt(ranked, relevant, most) ?? 0,
		mrr: () => reciprocalRank(ranked, relevant),
		// The ideal order has every expected source, as far as there is room for them.
		ndcg: () => ndcgAt(ranked, relevant, k ?? Math.max(most, expected.length)) ?? 0,
		precision: () => contextPrecisionAt(ranked, relevant, most),
	}[measure]();
	const missed = expected.filter((source) => !sent.some((passage) => isFrom(passage, source)));
	const found = `${expected.length - missed.length} of ${expected.length} expected sources are among ${sent.length} passages`;
	const names = missed.map(({ document }) => document).join(', ');
	return scored(value, missed.length === 0 ? `${found}.` : `${found}; missed: ${quoted(names)}.`);
}

/** Scores the share of an answer's quotes that stand in what was looked up. */
export function scoreQuotes({ output, passages }: ScoreInput): Score {
	if (passages == null) return unscored(nothingLookedUp);
	const quotes = findQuotes(
		output,
		passages.map(({ text }) => text),
	);
	if (quotes.length === 0) return unscored('The answer quotes nothing.');
	const missing = quotes.filter(({ isFound }) => !isFound);
	const [first] = missing;
	const words = `${quotes.length - missing.length} of ${quotes.length} quotes are in the sources`;
	if (first === undefined) return scored(1, `${words}.`);
	return scored(1 - missing.length / quotes.length, `${words}; not ${quoted(output.slice(first.start, first.end))}.`);
}
