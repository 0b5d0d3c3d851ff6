import { FlaskConical, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { ListToggle } from '../app/list-toggle.tsx';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { parseEvaluateRoute } from './evaluate-route.ts';
import { startFirstRun } from './plan/first-run.ts';
import { NewRun } from './plan/new-run.tsx';
import { RescoreSection } from './rescore-form.tsx';
import { CompareRuns } from './result/compare-runs.tsx';
import { RunResult } from './result/run-result.tsx';
import { openNewRun } from './run-actions.ts';
import { RunningDock } from './running-dock.tsx';
import { useStarterDatasets } from './starter-datasets.tsx';

/** Compares prompts, techniques and models, and says how certain the result is. */
export function EvaluateScreen() {
	const { layout } = useServices();
	const part = useStore(layout.state, ({ route }) => (route.section === 'evaluate' ? route.part : null));
	const place = parseEvaluateRoute(part);
	const main = useRef<HTMLElement>(null);
	// A form takes the focus itself. Elsewhere, the pressed button may have disappeared with what it closed, so focus
	// the page.
	const entered = place.kind === 'new' || place.kind === 'mark';
	// biome-ignore lint/correctness/useExhaustiveDependencies: every other place is entered anew
	useEffect(() => {
		if (entered || document.activeElement === document.body) main.current?.focus({ preventScroll: true });
	}, [part, entered]);
	return (
		<main ref={main} tabIndex={-1} data-region className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
			{place.kind === 'new' ? (
				<NewRun key={part} given={place.given} />
			) : place.kind === 'mark' ? (
				<RescoreSection key={part} id={place.id} />
			) : place.kind === 'compare' ? (
				<CompareRuns key={part} ids={place.ids} />
			) : (
				<ShownRun id={place.kind === 'run' ? place.id : null} />
			)}
		</main>
	);
}

/** The screen of one run; `null`: the newest. */
function ShownRun({ id }: { id: number | null }) {
	const services = useServices();
	const { evaluations } = services;
	const { status, failure, runs, details } = useStore(evaluations.state);
	const wanted = id ?? runs[0]?.id;
	useEffect(() => {
		if (wanted !== undefined) void evaluations.open(wanted);
	}, [wanted, evaluations]);
	const run = wanted === undefined ? undefined : details[wanted];
	if (run !== undefined) return <RunResult key={run.id} run={run} />;
	return (
		<>
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle>{t('Evaluate')}</ScreenTitle>
			</ScreenHeader>
			<div className="relative min-h-0 flex-1 overflow-y-auto">
				{status === 'failed' && failure !== null ? (
					<div className="p-5">
						<FailureCard
							title={t('Couldn’t read the runs')}
							failure={failure}
							actions={
								<Button size="sm" onClick={() => void evaluations.refresh()}>
									{t('Try again')}
								</Button>
							}
						/>
					</div>
				) : status === 'loading' ? (
					<Skeleton rows={6} className="p-5" />
				) : wanted === undefined ? (
					<NoRuns />
				) : runs.some((one) => one.id === wanted) ? (
					<Skeleton rows={6} className="p-5" />
				) : (
					<EmptyState
						icon={FlaskConical}
						title={t('Run not found')}
						actions={<Button onClick={() => openNewRun(services)}>{t('New run')}</Button>}
					>
						{t('It may have been deleted.')}
					</EmptyState>
				)}
			</div>
			<RunningDock shown={undefined} />
		</>
	);
}

/** Shown before the first run: one click on a dataset that comes with Assay demonstrates an evaluation. */
function NoRuns() {
	const services = useServices();
	const sets = useStarterDatasets();
	const [starting, setStarting] = useState(false);
	const set = sets.find(({ starterId }) => starterId?.includes('arithmetic')) ?? sets[0];
	return (
		<EmptyState
			page
			icon={FlaskConical}
			title={t('No runs yet')}
			actions={
				<>
					{set === undefined ? null : (
						<Button
							kind="primary"
							busy={starting ? t('Starting') : undefined}
							onClick={() => {
								setStarting(true);
								void startFirstRun(services, set).finally(() => setStarting(false));
							}}
						>
							{t('Run {name} now', { name: set.name })}
						</Button>
					)}
					<Button icon={Plus} onClick={() => openNewRun(services)}>
						{t('New run')}
					</Button>
				</>
			}
		>
			{t('Compare prompts, techniques and models on the same samples, and see which is better and how sure that is.')}
		</EmptyState>
	);
}
