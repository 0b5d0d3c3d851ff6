import { contentChecks } from './content-checks.ts';
import { formChecks } from './form-checks.ts';

/** Arguments of an instruction, as the data set gives them. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Whether a response follows an instruction; null where the arguments do not say what to check. */
export type Check = (response: string, args: Arguments) => boolean | null;

/** The 25 instructions of IFEval (Zhou et al., arXiv 2311.07911) by their ids (EVALS.md 3.8). */
export const instructionChecks: Readonly<Record<string, Check>> = { ...contentChecks, ...formChecks };
