import { readFileSync } from 'node:fs';
import type { LikelihoodRequest, LikelihoodRow } from '../../../../models/contract/native/tasks.ts';

/** One item of ../shared/data/lm_eval_golden: lm-evaluation-harness's result for it. */
type Item = {
	context: string | [string, string];
	choices?: string[];
	/** WinoGrande: one continuation after two contexts. */
	continuation?: string;
	delimiter?: string;
	ll: number[];
	is_greedy: boolean[];
	ctx_tokens: number | number[];
	cont_tokens: number[];
	pred: number;
};

/** Result of one continuation. */
type Choice = { log: number; greedy: boolean; tokens: number; contextTokens: number };

export type Agreement = {
	items: number;
	/** Root mean square and maximum of the differences between log-likelihoods, nats. */
	rms: number;
	largest: number;
	/** Items with a different token count or greedy flag. */
	otherTokens: number[];
	otherGreedy: number[];
	/** Items with a different best choice, although the two best are more than 0.1 apart. */
	otherChoice: number[];
};

export function readItems(path: string, limit: number): Item[] {
	const lines = readFileSync(path, 'utf8').trim().split('\n');
	return lines.slice(0, limit).map((line) => JSON.parse(line) as Item);
}

export function requestsOf(items: readonly Item[]): LikelihoodRequest[] {
	return items.flatMap(({ context, choices = [], continuation, delimiter = '' }) =>
		typeof context === 'string'
			? [{ context, continuations: choices.map((choice) => delimiter + choice) }]
			: context.map((one) => ({ context: one, continuations: [continuation ?? ''] })),
	);
}

function choicesOf(row: LikelihoodRow): Choice[] {
	return row.logLikelihoods.map((log, index) => ({
		log,
		greedy: row.greedy[index] ?? false,
		tokens: row.tokens[index] ?? 0,
		contextTokens: row.contextTokens,
	}));
}

/** Compares rows of `requestsOf(items)` with the harness's results. */
export function agreementOf(items: readonly Item[], rows: readonly LikelihoodRow[]): Agreement {
	let next = 0;
	const differences: number[] = [];
	const agreement: Agreement = {
		items: items.length,
		rms: 0,
		largest: 0,
		otherTokens: [],
		otherGreedy: [],
		otherChoice: [],
	};
	for (const [index, item] of items.entries()) {
		const count = typeof item.context === 'string' ? 1 : 2;
		const choices = rows.slice(next, next + count).flatMap(choicesOf);
		next += count;
		differences.push(...choices.map(({ log }, choice) => log - (item.ll[choice] ?? Number.NaN)));
		const contextTokens = [item.ctx_tokens].flat();
		const sameTokens = choices.every(
			(choice, at) =>
				choice.tokens === item.cont_tokens[at] && choice.contextTokens === (contextTokens[at] ?? contextTokens[0]),
		);
		if (!sameTokens) agreement.otherTokens.push(index);
		if (choices.some(({ greedy }, at) => greedy !== item.is_greedy[at])) agreement.otherGreedy.push(index);
		const best = choices.findIndex(({ log }) => log === Math.max(...choices.map((choice) => choice.log)));
		const [first = 0, second = Number.NEGATIVE_INFINITY] = item.ll.toSorted((a, b) => b - a);
		if (best !== item.pred && first - second > 0.1) agreement.otherChoice.push(index);
	}
	agreement.rms = Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / differences.length);
	agreement.largest = Math.max(...differences.map(Math.abs));
	return agreement;
}
