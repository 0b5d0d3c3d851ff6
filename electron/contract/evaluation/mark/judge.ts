import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { call } from '../../call.ts';
import { judgeScaleSchema } from '../scorer.ts';

/** A judge to be held against a person's own thumbs. */
export const judgeCheckInputSchema = z.object({
	/** Library id of the judge. */
	modelFileId: z.int(),
	rubric: z.string().trim().min(1).max(100_000),
	scale: judgeScaleSchema.exclude(['pair']).default('pass-fail'),
	reasons: z.boolean().default(false),
	/** Rated answers at most, the newest ones: half of them thumbs up, half thumbs down. */
	limit: z.int().min(2).max(500).default(60),
});

/** How far a judge agrees with a person. */
export const judgeAgreementSchema = z.object({
	/** Answers that both marked, and those that the judge came to no verdict about. */
	n: z.int(),
	unscored: z.int(),
	/** Thumbs of the person among them. */
	up: z.int(),
	down: z.int(),
	/** Those that the judge called good. */
	good: z.int(),
	/** Share of the same marks, and what chance alone would give. */
	observed: z.number(),
	expected: z.number(),
	/** Cohen's kappa with its 95 % interval: 1 is perfect, 0 is chance; null: one of both always said the same. */
	kappa: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	/** In a sentence. */
	words: z.string(),
});

export const judgeCheckUpdateSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('progress'), done: z.int(), total: z.int(), secondsLeft: z.number().nullable() }),
	z.object({ type: z.literal('done'), agreement: judgeAgreementSchema }),
]);

export const judgeCalls = {
	/**
	 * Lets a judge mark chat answers that were rated, and says how far it agrees. Ends with `done`; leaving the stream stops
	 * it. Fails with `too-few-ratings`.
	 */
	check: call.input(judgeCheckInputSchema).output(eventIterator(judgeCheckUpdateSchema)),
};

export type JudgeCheckInput = z.infer<typeof judgeCheckInputSchema>;
export type JudgeAgreement = z.infer<typeof judgeAgreementSchema>;
export type JudgeCheckUpdate = z.infer<typeof judgeCheckUpdateSchema>;
