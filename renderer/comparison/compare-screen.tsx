import { ChevronsUpDown, FileInput, Plus, RotateCw, Scale, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatDate, phraseSeparator } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useRestoreFocus } from '../design/use-restore-focus.ts';
import { sentence } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { Answers } from './answers.tsx';
import { ChatLatencyTable } from './chat-latency-table.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { isUnsteady } from './comparison-wording.ts';
import { ConditionsBar } from './conditions-bar.tsx';
import { DamageTable } from './damage-table.tsx';
import { ExampleVerdict } from './example-verdict.tsx';
import { ExportMenu } from './export-menu.tsx';
import { ParetoChart } from './pareto-chart.tsx';
import { PlanPage } from './plan-page.tsx';
import { ProgressCard } from './progress-card.tsx';
import { ResultTable } from './result-table.tsx';
import { SideBySideSection } from './side-by-side-section.tsx';
import { SpeedByDepthTable } from './speed-by-depth-table.tsx';
import { CaveatLines, VerdictLine } from './verdict-line.tsx';

/** Recommends a file and says how certain that is: the verdict first, then the evidence. */
export function CompareScreen() {
	const { comparisons } = useServices();
	const status = useStore(comparisons.state, (state) => state.status);
	const failure = useStore(comparisons.state, (state) => state.failure);
	const shown = useStore(comparisons.state, (state) => state.shown) ?? undefined;
	const none = useStore(comparisons.state, (state) => state.comparisons.length === 0);
	const file = useOpenComparisonFile();
	const planning = useStore(comparisons.state, (state) => state.planning);
	const opener = useRestoreFocus<HTMLButtonElement>(planning !== null);
	return (
		<main data-region className="flex min-w-0 flex-1 flex-col">
			<ScreenHeader>
				<ScreenTitle>{t('Compare')}</ScreenTitle>
				{planning !== null || shown === undefined ? null : <ComparisonMenu shown={shown} />}
				{planning === null ? null : (
					<>
						<span aria-hidden className="text-ink-3">
							›
						</span>
						<span className="font-medium">{t('New comparison')}</span>
					</>
				)}
				<span className="flex-1" />
				{planning === null && shown !== undefined && shown.rows.length > 0 ? <ColumnsMenu comparison={shown} /> : null}
				{planning === null && shown?.verdict ? <ExportMenu comparison={shown} /> : null}
				{planning !== null || shown === undefined ? null : (
					<Button ref={opener} icon={Plus} onClick={() => comparisons.plan()}>
						{t('New comparison')}
					</Button>
				)}
			</ScreenHeader>
			{planning === null ? null : <PlanPage key={planning.referenceId ?? 'own'} from={planning} />}
			{planning === null && status === 'failed' && failure !== null ? (
				<div className="p-5">
					<FailureCard
						title={t('Couldn’t read the comparisons')}
						failure={failure}
						actions={
							<Button size="sm" onClick={() => void comparisons.refresh()}>
								{t('Try again')}
							</Button>
						}
					/>
				</div>
			) : null}
			{planning === null && (status === 'loading' || (status === 'ready' && shown === undefined && !none)) ? (
				<Skeleton rows={6} className="p-5" />
			) : null}
			{planning === null && status === 'ready' && none ? (
				<div className="min-h-0 flex-1 overflow-y-auto px-6 pt-[clamp(0px,8vh,96px)]">
					<EmptyState
						icon={Scale}
						title={t('No comparisons yet')}
						actions={
							<>
								<Button ref={opener} kind="primary" icon={Plus} onClick={() => comparisons.plan()}>
									{t('New comparison')}
								</Button>
								<Button icon={FileInput} onClick={file.open}>
									{t('Open from another computer')}
								</Button>
								{file.input}
							</>
						}
					>
						{t(
							'Find out which file of a model to use: Assay measures quality, speed and memory of each on this computer.',
						)}
					</EmptyState>
					<ExampleVerdict />
				</div>
			) : null}
			{planning !== null || shown === undefined ? null : <Result comparison={shown} />}
		</main>
	);
}

function Result({ comparison }: { comparison: Comparison }) {
	const measured = comparison.rows.filter(({ quality }) => quality.length > 0);
	const damaged = measured.some(({ reference }) => !reference);
	const kinds = damaged && (measured[0]?.quality.length ?? 0) > 2;
	const plotted = measured.filter(({ generation }) => generation !== null && !isUnsteady(generation)).length > 1;
	const deep = comparison.rows.some(({ depths }) => depths.filter((one) => one.generation !== null).length > 1);
	const hasChatLatency = comparison.rows.some((row) => row.felt !== null);
	return (
		<>
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-6 py-4 max-[1099px]:px-4">
				{comparison.importedFrom === null ? null : (
					<p className="mb-3 flex items-start gap-2 rounded-lg border border-line bg-sunken px-3.5 py-2.5">
						<Icon of={FileInput} size={14} className="mt-[3px] text-ink-2" />
						<span className="text-pretty">
							<Trans
								text="<b>From another computer: {importedFrom}.</b> The recommendation is for that computer: speeds can differ here."
								values={{
									b: (words) => <b className="font-semibold">{words}</b>,
									importedFrom: comparison.importedFrom,
								}}
							/>
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
				{plotted || kinds || deep || hasChatLatency ? (
					<div className="mt-4 grid gap-x-12 gap-y-5 border-t border-line pt-4 min-[1100px]:grid-cols-2">
						{plotted ? <ParetoChart comparison={comparison} /> : null}
						{kinds ? <DamageTable rows={measured} /> : null}
						{deep ? <SpeedByDepthTable rows={comparison.rows} /> : null}
						{hasChatLatency ? <ChatLatencyTable rows={comparison.rows} /> : null}
					</div>
				) : null}
				<SideBySideSection comparison={comparison} />
				{comparison.rows.some(({ answers }) => answers.length > 0) ? <Answers comparison={comparison} /> : null}
			</div>
			<ConditionsBar comparison={comparison} />
		</>
	);
}

const statusWords: Readonly<Record<Exclude<Comparison['status'], 'done'>, string>> = {
	waiting: t('waiting'),
	running: t('running'),
	paused: t('paused'),
	failed: t('failed'),
};

/** Shows which comparison is open and lets the user choose another. */
function ComparisonMenu({ shown }: { shown: Comparison }) {
	const services = useServices();
	const { comparisons, toasts } = services;
	const all = useStore(comparisons.state, (state) => state.comparisons);
	const file = useOpenComparisonFile();
	function remove(): void {
		const undo = comparisons.remove(shown.id);
		toasts.show({ text: t('Comparison deleted'), icon: Trash2, action: { label: t('Undo'), run: undo } });
	}
	return (
		<>
			<span aria-hidden className="text-ink-3">
				›
			</span>
			<Menu
				width={320}
				trigger={
					<button
						type="button"
						className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-1.5 font-medium hover:bg-hover data-popup-open:bg-hover"
					>
						<span className="truncate">{shown.title}</span>
						<Icon of={ChevronsUpDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				{all.map((one) => (
					<MenuItem key={one.id} selected={one.id === shown.id} onSelect={() => void comparisons.choose(one.id)}>
						<span className="block min-w-0 py-1">
							<span className="block truncate">{one.title}</span>
							<span className="block text-xs text-ink-3">
								{[
									formatDate(one.createdAt),
									one.status === 'done' ? null : statusWords[one.status],
									one.importedFrom === null ? null : t('from {machine}', { machine: one.importedFrom }),
								]
									.filter((part) => part !== null)
									.join(phraseSeparator('comma'))}
							</span>
						</span>
					</MenuItem>
				))}
				<MenuLine />
				{shown.importedFrom === null && shown.status === 'done' ? (
					<MenuItem icon={RotateCw} onSelect={() => void runOrToast(services, () => comparisons.again(shown.id))}>
						{t('Run again exactly')}
					</MenuItem>
				) : null}
				<MenuItem icon={FileInput} onSelect={file.open}>
					{t('Open from another computer')}
				</MenuItem>
				<MenuItem icon={Trash2} danger onSelect={remove}>
					{t('Delete comparison')}
				</MenuItem>
			</Menu>
			{file.input}
		</>
	);
}

/** Asks for a JSON file that Compare saved on another computer, and shows it. `input` has to be on the page. */
function useOpenComparisonFile() {
	const { comparisons, toasts } = useServices();
	const field = useRef<HTMLInputElement>(null);
	async function read(file: File | undefined): Promise<void> {
		if (file === undefined) return;
		try {
			await comparisons.import(await file.text());
			toasts.show({ text: t('Opened: {name}', { name: file.name }) });
		} catch (error) {
			const { message, next } = toFailure(error);
			toasts.fail([message, ...next.slice(0, 1).map(sentence)].join(' '));
		}
	}
	const input = (
		<input
			ref={field}
			type="file"
			accept=".json,application/json"
			aria-label={t('Comparison of another computer')}
			className="hidden"
			onChange={(event) => {
				const [file] = event.target.files ?? [];
				event.target.value = '';
				void read(file);
			}}
		/>
	);
	return { input, open: () => field.current?.click() };
}
