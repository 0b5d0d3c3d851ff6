import type { Arm, Pair, Run, RunComparison, Unfair } from '../../../electron/contract/evaluation/schema.ts';
import { t } from '../../messages/t.ts';
import type { Unit } from '../score-format.ts';
import type { DifferenceMark } from './difference-chart.tsx';
import { labelArm, labelArmAgainst, type Matrix, toMatrix } from './result-matrix.ts';

/** Two arms compared with each other, paired by sample. */
export interface ArmPair {
	readonly key: string;
	/** What sets this pair apart from its neighbours: "360M Q8_0". */
	readonly label: string;
	readonly baseId: number;
	readonly otherId: number;
	/**
	 * All arms that could have been compared with the base instead, including this one: the correction for multiple
	 * comparisons covers all of them.
	 */
	readonly family: readonly number[];
}

/** Most sides of a comparison in addition to its base, as in the contract. */
const maxSides = 7;

const createArmPair = (label: string, base: Arm, other: Arm, family: readonly (Arm | undefined)[] = []): ArmPair => ({
	key: `${base.id}-${other.id}`,
	label,
	baseId: base.id,
	otherId: other.id,
	family: [
		other.id,
		...family.flatMap((arm) => (arm === undefined || arm.id === base.id || arm.id === other.id ? [] : [arm.id])),
	].slice(0, maxSides),
});

function findCell({ variants }: Matrix, armId: number): readonly [number, number] | null {
	for (const [row, { arms }] of variants.entries()) {
		const column = arms.findIndex((arm) => arm?.id === armId);
		if (column !== -1) return [row, column];
	}
	return null;
}

/** Pairs the arms of a run: the two chosen ones first, then pairs with the same difference elsewhere. */
export function pairArms(matrix: Matrix, baseId: number, otherId: number): readonly ArmPair[] {
	const base = findCell(matrix, baseId);
	const other = findCell(matrix, otherId);
	if (base === null || other === null || baseId === otherId) return [];
	const { variants, columns } = matrix;
	const at = (row: number, column: number): Arm | undefined => variants[row]?.arms[column];
	const [baseRow, baseColumn] = base;
	const [otherRow, otherColumn] = other;
	const pairs: (ArmPair | null)[] = [];
	const add = (
		label: string,
		first: Arm | undefined,
		second: Arm | undefined,
		family: readonly (Arm | undefined)[],
	): void => {
		pairs.push(first === undefined || second === undefined ? null : createArmPair(label, first, second, family));
	};
	if (baseColumn === otherColumn) {
		const order = [otherColumn, ...[...columns.keys()].filter((column) => column !== otherColumn)];
		for (const column of order) {
			const label = columns.length === 1 ? labelArmAgainst(matrix, otherId, baseId) : (columns[column]?.label ?? '');
			add(
				label,
				at(baseRow, column),
				at(otherRow, column),
				variants.map(({ arms }) => arms[column]),
			);
		}
	} else if (baseRow === otherRow) {
		const order = [otherRow, ...[...variants.keys()].filter((row) => row !== otherRow)];
		for (const row of order) {
			const label = variants.length === 1 ? (columns[otherColumn]?.label ?? '') : (variants[row]?.label ?? '');
			add(label, at(row, baseColumn), at(row, otherColumn), variants[row]?.arms ?? []);
		}
	} else {
		const label = [variants[otherRow]?.label, columns[otherColumn]?.label].filter(Boolean).join(' · ');
		add(
			label,
			at(baseRow, baseColumn),
			at(otherRow, otherColumn),
			variants.flatMap(({ arms }) => arms),
		);
	}
	return pairs.filter((one) => one !== null);
}

/** Pairs the equal arms of two runs of one plan; if both score the same outputs, those with the same outputs. */
export function matchArms(first: ComparedRun, second: ComparedRun): readonly ArmPair[] {
	const matrix = toMatrix(first.arms);
	const again = findOutputsRunId(first) === findOutputsRunId(second);
	return first.arms.flatMap((arm) => {
		const twin = second.arms.find((other) => (again ? other.position === arm.position : armKey(other) === armKey(arm)));
		return twin === undefined ? [] : [createArmPair(labelArm(matrix, arm.id) || arm.label, arm, twin)];
	});
}

type ComparedRun = Pick<Run, 'id' | 'arms' | 'manifest'>;

/** Returns the run that generated the outputs. */
function findOutputsRunId({ id, manifest }: ComparedRun): number {
	return manifest.marked?.runId ?? id;
}

function armKey({ model, adapters = [], prompt, technique, parameters }: Arm): string {
	const on = adapters.map(({ sha256, scale }) => [sha256, scale]);
	return JSON.stringify([model.name, model.quantization, on, prompt.name, prompt.number, technique, parameters]);
}

/** Returns the only pair in a comparison of two. */
export function firstPair(comparison: RunComparison | undefined): Pair | undefined {
	return comparison?.pairs[0];
}

/** Whether both sides score the same outputs: then no answer is better, only its score is higher. */
export function isRescored(comparison: RunComparison | undefined): boolean {
	return comparison?.unfair.some(({ code }) => code === 'same-outputs') ?? false;
}

/** Lists everything unfair about the pairs, without repetition, most important first. */
export function listUnfair(comparisons: readonly (RunComparison | undefined)[]): readonly Unfair[] {
	const all = new Map<string, Unfair>();
	for (const comparison of comparisons) {
		for (const one of comparison?.unfair ?? []) all.set(`${one.code} ${one.message}`, one);
	}
	return [...all.values()].toSorted((a, b) => Number(b.serious) - Number(a.serious));
}

/** Converts a pair to its mark in the chart. */
export function toDifferenceMark({ key, label }: ArmPair, pair: Pair, { factor }: Unit): DifferenceMark {
	const clear = pair.verdict === 'better' || pair.verdict === 'worse';
	return {
		key,
		label,
		difference: pair.difference * factor,
		low: pair.low * factor,
		high: pair.high * factor,
		clear,
		detail: t('{gained} better, {lost} worse of {n}', { gained: pair.gained, lost: pair.lost, n: pair.n }),
	};
}
