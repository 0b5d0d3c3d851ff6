import type { Arm, Run } from '../../contract/evaluation/run.ts';
import type { ArmScoreSum } from '../store/outcomes.ts';
import type { ExportedRow } from './rows.ts';

/** Reads all rows: only for a writer that needs it. */
export type ArmScoreSums = () => ReadonlyMap<number, ArmScoreSum>;

/** Writes a run in pieces, which put one after the other are the document. */
export interface ExportWriter {
	readonly extension: string;
	/** Before all rows. */
	head(run: Run, arms: readonly Arm[], outcomes: ArmScoreSums): string;
	/** Rows in order; `first`: whether no row came before them. */
	rows(rows: readonly ExportedRow[], place: { run: Run; first: boolean }): string;
	/** Behind all rows. */
	tail(run: Run, arms: readonly Arm[], outcomes: ArmScoreSums): string;
}

/** Elements of an array that goes on from piece to piece. */
export function elements(values: readonly unknown[], first: boolean): string {
	return values.map((value, index) => `${first && index === 0 ? '' : ',\n'}${JSON.stringify(value)}`).join('');
}

/** An object whose last property is an array that is still to come: "{…, \"name\": [". */
export function openWith(object: Record<string, unknown>, name: string): string {
	return `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:[\n`;
}

/** "SmolLM2 135M Instruct Q8_0". */
export function modelName({ model }: Pick<Arm, 'model'>): string {
	return `${model.name} ${model.quantization}`.trim();
}
