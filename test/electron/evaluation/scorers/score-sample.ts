import type { z } from 'zod';
import { type Score, type ScorerInput, scorerSchema } from '../../../../electron/contract/evaluation/scorer.ts';
import { promptSampleSchema } from '../../../../electron/contract/prompt/schema.ts';
import { scorePlain } from '../../../../electron/evaluation/scorers/plain-scorers.ts';
import { createSandbox } from '../../../../electron/evaluation/scorers/sandbox.ts';
import type { ScoreInput } from '../../../../electron/evaluation/scorers/score-outcome.ts';
import type { PlainScorer } from '../../../../electron/evaluation/scorers/scoring-worker-protocol.ts';

const sandbox = createSandbox();

type SampleInput = Partial<z.input<typeof promptSampleSchema>>;

export function plainScorer(scorer: ScorerInput): PlainScorer {
	const parsed = scorerSchema.parse(scorer);
	if (parsed.kind === 'judge') throw new Error('a judge needs a model');
	return parsed;
}

/** Scores on this thread; the answer defaults to the whole output. */
export function scoreSample(
	scorer: ScorerInput,
	output: string,
	sample: SampleInput = {},
	more: Partial<Pick<ScoreInput, 'answer' | 'detail' | 'passages'>> = {},
): Promise<Score> {
	const { answer = output, detail = {}, passages = null } = more;
	const whole = promptSampleSchema.parse({ input: 'What is it?', ...sample });
	return scorePlain(plainScorer(scorer), { sample: whole, output, answer, detail, passages }, sandbox);
}

/** Returns only the value. */
export async function scoreOf(...parameters: Parameters<typeof scoreSample>): Promise<number | null> {
	return (await scoreSample(...parameters)).value;
}
