import type { EvaluationExport } from '../contract/evaluation/calls.ts';
import type { RunComparison } from '../contract/evaluation/compare.ts';
import type { RunConfig } from '../contract/evaluation/config.ts';
import type { Estimate } from '../contract/evaluation/estimate.ts';
import type { RowDetail, RowPage, RowsInput } from '../contract/evaluation/row.ts';
import type { Run, RunSummary } from '../contract/evaluation/run.ts';

/** Runs of prompts, techniques and models on datasets: planned, measured one after the other in the background, kept. */
export interface Evaluations {
	estimate(config: RunConfig, signal?: AbortSignal): Promise<Estimate>;
	/** Freezes what it uses, writes the manifest and begins. */
	start(config: RunConfig): Promise<Run>;
	/** Newest first. */
	list(trash: boolean): readonly RunSummary[];
	/** Every function on one run throws Failure `run-unknown` where there is none. */
	get(id: number): Run;
	rename(id: number, name: string): RunSummary;
	rows(input: RowsInput): RowPage;
	row(arms: readonly number[], position: number, epoch: number): Promise<RowDetail>;
	/** Resolves when nothing is measured for it any more. */
	pause(id: number): Promise<Run>;
	resume(id: number): Run;
	retry(id: number): Run;
	cancel(id: number): Promise<Run>;
	remove(id: number): Promise<RunSummary>;
	restore(id: number): RunSummary;
	erase(id: number): void;
	repeat(id: number): Promise<Run>;
	selfTest(id: number): Promise<Run>;
	setBaseline(id: number, baseline: boolean): RunSummary;
	compare(arms: readonly number[], scorer: string | null): RunComparison;
	export(id: number, format: EvaluationExport, after: number | null): { fileName: string; text: string; next: number | null };
	/** Pauses everything. */
	close(): Promise<void>;
}
