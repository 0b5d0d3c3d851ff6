import { FileInput, Plus, Scale } from 'lucide-react';
import { useStore } from 'zustand';
import type { Comparison } from '../../electron/contract/comparison/comparison.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { EmptyState } from '../design/state/empty-state.tsx';
import { FailureCard } from '../design/state/failure-card.tsx';
import { Skeleton } from '../design/state/skeleton.tsx';
import { useServices } from '../services.ts';
import { SideBySideSection } from './beside/beside-section.tsx';
import { useOpenComparisonFile } from './beside/open-file.tsx';
import { ComparisonMenu } from './comparison-menu.tsx';
import { ExportMenu } from './copy-menu.tsx';
import { PlanDialog } from './plan/plan-dialog.tsx';
import { ProgressCard } from './progress-card.tsx';
import { Answers } from './result/answers.tsx';
import { CaveatLines } from './result/care-lines.tsx';
import { QualityChart } from './result/chart/quality-chart.tsx';
import { ConditionsBar } from './result/conditions-bar.tsx';
import { DamageTable } from './result/damage-table.tsx';
import { SpeedByDepthTable } from './result/speed/depth-table.tsx';
import { ChatLatencyTable } from './result/speed/felt-table.tsx';
import { ColumnsMenu } from './result/table/columns-menu.tsx';
import { ResultTable } from './result/table/result-table.tsx';
import { VerdictLine } from './result/verdict-line.tsx';

/** Which file to use, and how sure that is: the verdict first, then what it follows from. */
export function CompareScreen() {
	const { comparisons } = useServices();
	const status = useStore(comparisons.state, (state) => state.status);
	const failure = useStore(comparisons.state, (state) => state.failure);
	const shown = useStore(comparisons.state, (state) => state.shown) ?? undefined;
	const none = useStore(comparisons.state, (state) => state.comparisons.length === 0);
	const file = useOpenComparisonFile();
	const planning = useStore(comparisons.state, (state) => state.planning);
	return (
		<main data-region className="flex min-w-0 flex-1 flex-col">
			<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
				<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Compare</h1>
				{shown === undefined ? null : <ComparisonMenu shown={shown} />}
				<span className="flex-1" />
				{shown !== undefined && shown.rows.length > 0 ? <ColumnsMenu comparison={shown} /> : null}
				{shown?.verdict ? <ExportMenu comparison={shown} /> : null}
				{shown === undefined ? null : (
					<Button icon={Plus} onClick={() => comparisons.plan()}>
						New comparison
					</Button>
				)}
			</header>
			{status === 'failed' && failure !== null ? (
				<div className="p-5">
					<FailureCard
						title="The comparisons could not be read"
						failure={failure}
						actions={
							<Button size="sm" onClick={() => void comparisons.refresh()}>
								Try again
							</Button>
						}
					/>
				</div>
			) : null}
			{status === 'loading' || (status === 'ready' && shown === undefined && !none) ? (
				<Skeleton rows={6} className="p-5" />
			) : null}
			{status === 'ready' && none ? (
				<EmptyState
					page
					icon={Scale}
					title="Nothing compared yet"
					actions={
						<>
							<Button kind="primary" icon={Plus} onClick={() => comparisons.plan()}>
								New comparison
							</Button>
							<Button icon={FileInput} onClick={file.open}>
								Open one from another computer
							</Button>
							{file.input}
						</>
					}
				>
					Measure several files of one model for quality, speed and memory on this computer, and see which to use.
				</EmptyState>
			) : null}
			{shown === undefined ? null : <Result comparison={shown} />}
			<PlanDialog
				// Another proposal begins anew; a form that was only closed keeps what was filled in.
				key={planning?.referenceId ?? 'own'}
				open={planning !== null}
				from={planning}
				onClose={() => comparisons.plan(null)}
			/>
		</main>
	);
}

function Result({ comparison }: { comparison: Comparison }) {
	const measured = comparison.rows.filter(({ quality }) => quality.length > 0);
	const damaged = measured.some(({ reference }) => !reference);
	const kinds = damaged && (measured[0]?.quality.length ?? 0) > 2;
	const plotted = measured.filter(({ generation }) => generation !== null).length > 1;
	const deep = comparison.rows.some(({ depths }) => depths.filter((one) => one.generation !== null).length > 1);
	const felt = comparison.rows.some((row) => row.felt !== null);
	return (
		<>
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-6 py-4 max-[1099px]:px-4">
				{comparison.importedFrom === null ? null : (
					<p className="mb-3 flex items-start gap-2 rounded-lg border border-line bg-sunken px-3.5 py-2.5">
						<Icon of={FileInput} size={14} className="mt-[3px] text-ink-2" />
						<span className="text-pretty">
							<b className="font-semibold">From another computer: {comparison.importedFrom}.</b> What is fastest there
							need not be here; its numbers enter no verdict for this one.
						</span>
					</p>
				)}
				{comparison.verdict === null ? null : <VerdictLine comparison={comparison} />}
				{comparison.status === 'done' ? null : <ProgressCard comparison={comparison} />}
				{comparison.verdict === null ? (
					<div className="mb-3 empty:hidden">
						<CaveatLines comparison={comparison} />
					</div>
				) : null}
				<ResultTable comparison={comparison} />
				{plotted || kinds || deep || felt ? (
					<div className="mt-4 grid gap-x-12 gap-y-5 border-t border-line pt-4 min-[1100px]:grid-cols-2">
						{plotted ? <QualityChart comparison={comparison} /> : null}
						{kinds ? <DamageTable rows={measured} /> : null}
						{deep ? <SpeedByDepthTable rows={comparison.rows} /> : null}
						{felt ? <ChatLatencyTable rows={comparison.rows} /> : null}
					</div>
				) : null}
				<SideBySideSection comparison={comparison} />
				{comparison.rows.some(({ answers }) => answers.length > 0) ? <Answers comparison={comparison} /> : null}
			</div>
			<ConditionsBar comparison={comparison} />
		</>
	);
}
