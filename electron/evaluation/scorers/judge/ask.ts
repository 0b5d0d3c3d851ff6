import type { Turn } from '../../../../models/contract/generation.ts';
import type { Scorer } from '../../../contract/evaluation/scorer.ts';

export type Judge = Extract<Scorer, { kind: 'judge' }>;

/** Asks the judging model, greedily: what it writes follows the grammar. */
export type AskJudge = (turns: readonly Turn[], grammar: string) => Promise<string>;
