import { createHash } from 'node:crypto';
import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import type { MeasuredAnswer, MeasuredLikelihood, MeasuredRow } from '../../../models/contract/native/tasks.ts';
import { said } from '../../../models/contract/said.ts';
import type { Tool } from '../../../models/contract/tools.ts';
import type { ToolRound } from '../../contract/evaluation/tool-task.ts';
import type { ContextPiece } from '../../conversation/context-builder.ts';
import type { Reading, VoteRead } from '../../prompt/reading.ts';
import { type AddedContext, addedHash } from '../arm-context.ts';

/** The outcome of one unit. */
export interface UnitOutcome {
	readonly failure: FailureFacts | null;
	readonly output: string;
	readonly answer: string | null;
	/** What the answer was found from, besides its text. Contains nothing that differs between two equal runs. */
	readonly detail: AnswerDetail;
	/** Token ids; several votes are joined with −1 between them; null: nothing was generated. */
	readonly tokenIds: Int32Array | null;
	readonly promptTokens: number;
	readonly cachedTokens: number;
	readonly completionTokens: number;
	readonly stopReason: string | null;
	readonly ms: number | null;
	/** What its prompt held besides the sample; empty: nothing. */
	readonly pieces: readonly ContextPiece[];
}

export interface AnswerDetail {
	/** Votes of self-consistency. */
	readonly votes?: readonly VoteRead[];
	/** One per context, in order. */
	readonly likelihoods?: readonly Likelihood[];
	/** What a model wrote and called with tools, in order. */
	readonly rounds?: readonly ToolRound[];
	/** Tools that were offered besides the sample's own. */
	readonly offered?: readonly Tool[];
	/** The choices were compared as letters, all of the same length. */
	readonly form?: 'letters';
	/** What was added to the prompt: its hash, and the sample's earlier turns that were not sent, by index. */
	readonly context?: {
		readonly sha256: string;
		readonly leftOut: readonly number[];
		/** Documents were looked up in. */
		readonly documents?: true;
	};
}

export interface Likelihood {
	/** Nats. */
	readonly logLikelihoods: readonly number[];
	readonly greedy: readonly boolean[];
	readonly tokens: readonly number[];
}

const nothing = {
	output: '',
	answer: null,
	detail: {},
	tokenIds: null,
	promptTokens: 0,
	cachedTokens: 0,
	completionTokens: 0,
	stopReason: null,
	ms: null,
	pieces: [],
} as const;

export function failedOutcome(failure: FailureFacts): UnitOutcome {
	return { ...nothing, failure };
}

/**
 * Combines the answers of a unit: a single one, or the votes of self-consistency, of which the most frequent counts.
 * `read` finds the answer in the texts.
 */
export async function outcomeOfAnswers(
	rows: readonly MeasuredRow[],
	read: (texts: readonly string[]) => Promise<Reading>,
): Promise<UnitOutcome> {
	const failed = rows.find((row) => 'failure' in row);
	if (failed !== undefined) return failedOutcome(failed.failure);
	const answers = rows.filter((row): row is MeasuredAnswer => !('failure' in row));
	const [first] = answers;
	if (first === undefined) throw new Error('a unit without answers');
	const { output, answer, votes } = await read(answers.map(({ text }) => text));
	const sum = (of: (row: (typeof answers)[number]) => number): number => answers.reduce((all, row) => all + of(row), 0);
	return {
		failure: null,
		output,
		answer,
		detail: votes.length > 1 ? { votes } : {},
		tokenIds: Int32Array.from(answers.flatMap(({ tokenIds }, index) => (index === 0 ? tokenIds : [-1, ...tokenIds]))),
		promptTokens: sum(({ promptTokens }) => promptTokens),
		cachedTokens: sum(({ cachedTokens }) => cachedTokens),
		completionTokens: sum(({ completionTokens }) => completionTokens),
		stopReason: first.stopReason,
		// Votes are decoded in parallel, so the unit takes as long as the slowest of them.
		ms: Math.max(...answers.map(({ ms }) => ms)),
		pieces: [],
	};
}

/** Notes what an answer's prompt held besides the sample. */
export function withAdded(outcome: UnitOutcome, added: AddedContext | null): UnitOutcome {
	if (added === null || outcome.failure !== null) return outcome;
	const { leftOut, documents } = added;
	const context = { sha256: addedHash(added), leftOut, ...(documents ? { documents: true as const } : {}) };
	return { ...outcome, pieces: added.pieces, detail: { ...outcome.detail, context } };
}

/** The most likely choice, by the sum of its tokens; the detail holds what other measures need. */
export function outcomeOfLikelihoods(
	form: 'text' | 'letters' | 'blank',
	items: readonly MeasuredLikelihood[],
	choices: readonly string[],
): UnitOutcome {
	const likelihoods = items.map(({ logLikelihoods, greedy, tokens }) => ({
		// JSON has no infinity; nothing is less likely than this.
		logLikelihoods: logLikelihoods.map((value) => (value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : value)),
		greedy,
		tokens,
	}));
	const sums = choiceLikelihoods(form, likelihoods);
	if (sums.some((value) => Number.isNaN(value))) {
		return failedOutcome(
			new Failure({
				code: 'not-a-number',
				message: said`The model gave a likelihood that isn’t a number for this sample.`,
				next: [said`Check the model file with “Inspect”`, said`Leave this sample out`],
			}).facts(),
		);
	}
	let best = 0;
	for (const [index, value] of sums.entries()) if (value > (sums[best] ?? Number.NEGATIVE_INFINITY)) best = index;
	const chosen = choices[best] ?? null;
	return {
		...nothing,
		failure: null,
		output: chosen ?? '',
		answer: chosen,
		detail: form === 'letters' ? { likelihoods, form } : { likelihoods },
		promptTokens: items.reduce((all, item) => all + item.contextTokens + item.tokens.reduce((sum, n) => sum + n, 0), 0),
	};
}

/** One number per choice, nats: from one context followed by each choice, or from one context per choice ('blank'). */
export function choiceLikelihoods(form: 'text' | 'letters' | 'blank', likelihoods: readonly Likelihood[]): number[] {
	if (form === 'blank') return likelihoods.map(({ logLikelihoods }) => logLikelihoods[0] ?? Number.NaN);
	return [...(likelihoods[0]?.logLikelihoods ?? [])];
}

/** Fingerprint of an answer, hex, to tell whether it came out the same again. */
export function fingerprint(
	outcome: Pick<UnitOutcome, 'output' | 'tokenIds'> & { failure: FailureFacts | null; detail: string },
): string {
	const hash = createHash('sha256').update(
		JSON.stringify([outcome.failure?.code ?? null, outcome.output, outcome.detail]),
	);
	if (outcome.tokenIds !== null) hash.update(bytesOf(outcome.tokenIds));
	return hash.digest('hex');
}

/** As the database stores them: 4 bytes each, little-endian. */
export function bytesOf(tokenIds: Int32Array): Uint8Array {
	return new Uint8Array(tokenIds.buffer, tokenIds.byteOffset, tokenIds.byteLength);
}

export function tokenIdsOf(bytes: Uint8Array | null): Int32Array | null {
	return bytes === null ? null : new Int32Array(new Uint8Array(bytes).buffer);
}

/** Digest of a shard's answers in order, hex; equal digests mean equal tokens. */
export function digestOf(fingerprints: readonly string[]): string {
	return createHash('sha256').update(fingerprints.join('\n')).digest('hex');
}

/** Returns the failure of a sample, which belongs to its row. Throws a defect again: it ends the shard. */
export function ownFailure(error: unknown): FailureFacts {
	const facts = failureFacts(error);
	if (facts.code === 'internal') throw error;
	return facts;
}
