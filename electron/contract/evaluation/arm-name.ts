import { Failure } from '../../../models/contract/failure.ts';
import { amount, said } from '../../../models/contract/said.ts';
import type { Arm, Run } from './schema.ts';

/** The number of a run, and of one of its combinations, from 1; null: all of them. */
export interface ArmName {
	readonly runId: number;
	readonly number: number | null;
}

/** Reads "3" (every combination of run 3) or "3:2" (its second); null: neither. */
export function parseArmName(text: string): ArmName | null {
	const [, runId, number] = /^(\d+)(?::(\d+))?$/.exec(text.trim()) ?? [];
	if (runId === undefined) return null;
	return { runId: Number(runId), number: number === undefined ? null : Number(number) };
}

/** Returns the arms that a name means. Throws Failure `arm-unknown`. */
export function armsNamed({ id, arms }: Pick<Run, 'id' | 'arms'>, { number }: ArmName): readonly Arm[] {
	const chosen = number === null ? arms : arms.filter(({ position }) => position === number - 1);
	if (chosen.length > 0) return chosen;
	throw new Failure({
		code: 'arm-unknown',
		message: said`Run ${id} has ${amount(arms.length, 'combination')}, and no number ${number ?? 0}`,
		next: [said`See them: assay eval show ${id}`],
	});
}
