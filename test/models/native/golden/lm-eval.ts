import { readFileSync } from 'node:fs';
import type { LikelihoodRequest, LikelihoodRow } from '../../../../models/contract/native/tasks.ts';

/** One item of ../shared/data/lm_eval_golden: what lm-evaluation-harness gave for it. */
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

/** What one continuation came to. */
type Choice = { log: number; greedy: boolean; tokens: number; contextTokens: number };

export type Agreement = {
	items: number;
	/** Root mean square and largest difference of log-likelihoods, nats. */
	rms: number;
	largest: number;
	/** Items where a count of tokens or a greedy flag differs. */
	otherTokens: number[];
	otherGreedy: number[];
	/** Items with another best choice, though the two best lie further apart than 0.1. */
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

/** Compares rows of `requestsOf(items)` with what the harness gave. */
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
