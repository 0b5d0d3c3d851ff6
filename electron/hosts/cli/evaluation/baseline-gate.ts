import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../../models/contract/failure.ts';
import type { ConfigFile } from '../../../contract/evaluation/config-file.ts';
import type { Arm, Run, RunComparison } from '../../../contract/evaluation/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';

export type Gate = NonNullable<ConfigFile['gate']>;

/** Result of the check against the baseline, one line per combination. */
export interface GateResult {
	readonly held: boolean;
	readonly baselineRunId: number;
	readonly checks: readonly {
		readonly combination: string;
		readonly held: boolean;
		readonly words: string;
		readonly comparison: RunComparison;
	}[];
}

/** A run to check against a baseline, as far as it is known before it starts. */
interface Held {
	readonly dataset: { readonly id: number };
	readonly scorers: readonly string[];
	readonly madeBy?: number;
}

/** The run that generated the outputs of this one. */
export function originRunId({ id, manifest }: Pick<Run, 'id' | 'manifest'>): number {
	return manifest.marked?.runId ?? id;
}

/**
 * Finds the baseline to check a run on the same dataset against. `scorers`: those of the checked run; `madeBy`: the run
 * that generated its outputs, if known: the same outputs need no scorer in common. Throws Failure `baseline-missing`,
 * `run-unknown`, `scorer-unknown` before anything is measured.
 */
export async function findBaseline(
	client: Client,
	{ dataset, scorers, madeBy }: Held,
	{ baseline, scorer }: Gate,
): Promise<Run> {
	const found = await client.evaluations.get({
		id: baseline === 'marked' ? await markedOf(client, dataset.id) : baseline,
	});
	const shared = scorers.filter((name) => found.scorers.includes(name));
	if (scorer === undefined && originRunId(found) === madeBy) return found;
	if (scorer === undefined ? shared.length > 0 : shared.includes(scorer)) return found;
	const what =
		scorer === undefined ? 'no scorer in common' : `no common scorer “${scorer}”, which the gate compares by`;
	throw new Failure({
		code: 'scorer-unknown',
		message: `This run and run ${found.id} have ${what}`,
		next: [
			...(shared.length === 0 ? [] : [`Both have: ${shared.join(', ')}`]),
			'Check against another run: --baseline <run>',
		],
	});
}

async function markedOf(client: Client, datasetId: number): Promise<number> {
	const { runs } = await client.evaluations.list({});
	const marked = runs.find((one) => one.baseline && one.dataset.id === datasetId);
	if (marked !== undefined) return marked.id;
	throw new Failure({
		code: 'baseline-missing',
		message: 'No run on this dataset is marked as baseline',
		next: ['Set one: assay eval baseline <run>', 'Name a run: --baseline <run>'],
	});
}

/** The combination of the baseline that has the most in common with this one. */
function counterpart(arm: Arm, arms: readonly Arm[]): Arm | undefined {
	const likeness = (other: Arm): number =>
		[
			other.model.name === arm.model.name,
			other.model.quantization === arm.model.quantization,
			isDeepStrictEqual(other.adapters, arm.adapters),
			other.prompt.name === arm.prompt.name,
			isDeepStrictEqual(other.technique, arm.technique),
			isDeepStrictEqual(other.parameters, arm.parameters),
		].filter(Boolean).length;
	return arms.toSorted((a, b) => likeness(b) - likeness(a) || a.position - b.position)[0];
}

/** Compares a run with a baseline, combination by combination, paired by sample. */
export async function checkGate(client: Client, run: Run, gate: Gate): Promise<GateResult> {
	const madeBy = originRunId(run);
	const baseline = await findBaseline(client, { ...run, madeBy }, gate);
	const again = originRunId(baseline) === madeBy;
	const checks = [];
	for (const arm of run.arms) {
		const other = again
			? baseline.arms.find(({ position }) => position === arm.position)
			: counterpart(arm, baseline.arms);
		if (other === undefined) throw new Error(`run ${baseline.id} has no combination`);
		const comparison = await client.evaluations.compare({ arms: [other.id, arm.id], scorer: gate.scorer ?? null });
		const [pair] = comparison.pairs;
		if (pair === undefined) throw new Error('a comparison without a pair');
		const shown = pair.n > 0 && pair.low >= -gate.margin;
		// A loss within the accepted margin is no regression.
		const regressed = pair.verdict === 'worse' && pair.difference < -gate.margin;
		const held = gate.fail === 'worse' ? pair.n > 0 && !regressed : shown;
		checks.push({ combination: arm.label, held, words: pair.words, comparison });
	}
	return { held: checks.every(({ held }) => held), baselineRunId: baseline.id, checks };
}
