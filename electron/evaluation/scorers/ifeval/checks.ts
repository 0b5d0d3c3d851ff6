import type { Check } from './arguments.ts';
import { contentChecks } from './content-checks.ts';
import { formChecks } from './form-checks.ts';

/** The 25 instructions of IFEval (Zhou et al., arXiv 2311.07911) by their ids (docs/formulas.md#ifeval). */
export const instructionChecks: Readonly<Record<string, Check>> = { ...contentChecks, ...formChecks };
