import { type RescoreInputGiven, type Run, rescoreInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import type { Answering } from '../../support/evaluation.ts';
import { adds, type Setup } from './setup.ts';

/** A model that answers in a sentence. */
export const talks: Answering = (row, place) => ({ text: `That makes ${adds()(row, place).text}.` });

export const lastNumber = { kind: 'last-number' } as const;

export async function measured({ evaluations, config, ended }: Setup, changes: object = {}): Promise<Run> {
	return ended((await evaluations.start(config(changes))).id);
}

export async function markedAgain({ evaluations, ended }: Setup, input: RescoreInputGiven): Promise<Run> {
	return ended((await evaluations.rescore(rescoreInputSchema.parse(input))).id);
}
