import { Plus } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useNow } from '../../conversation/list/use-now.ts';
import { Button } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { listLiveRuns } from '../evaluations.ts';
import { openNewRun } from '../open-new-run.ts';
import { formatEvaluateRoute, parseEvaluateRoute } from '../place.ts';
import { deleteRun } from '../run-actions.ts';
import { isLive } from '../words.ts';
import { RunRow } from './run-row.tsx';
import { StarterDatasets } from './starter-sets.tsx';

/** So many finished runs are listed before older ones are asked for. */
const atFirst = 60;

/** Runs that go on, runs that ended, and sets to begin with. */
export function RunList() {
	const services = useServices();
	const { evaluations, layout } = services;
	const { status, failure, runs, older } = useStore(evaluations.state);
	const part = useStore(layout.state, ({ route }) => (route.section === 'evaluate' ? route.part : null));
	const [picked, setPicked] = useState<readonly number[]>([]);
	const [shown, setShown] = useState(atFirst);
	const box = useRef<HTMLDivElement>(null);
	const now = useNow();
	const place = parseEvaluateRoute(part);
	const current =
		place.kind === 'run' || place.kind === 'mark' ? place.id : place.kind === 'latest' ? runs[0]?.id : undefined;
	const live = [...listLiveRuns({ runs }), ...runs.filter((run) => run.status === 'paused')];
	const ended = runs.filter((run) => !live.includes(run));
	const chosen = picked.filter((id) => runs.some((run) => run.id === id));

	function pick(id: number): void {
		setPicked(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen.slice(-1), id]);
	}
	function showOlder(): void {
		if (older !== null && ended.length <= shown + atFirst) void evaluations.fetchOlder();
		setShown(shown + atFirst);
	}
	function compare(): void {
		const [first, second] = chosen;
		if (first === undefined || second === undefined) return;
		setPicked([]);
		// The older one is what the newer one is held against.
		layout.go({
			section: 'evaluate',
			part: formatEvaluateRoute({ kind: 'compare', ids: [Math.min(first, second), Math.max(first, second)] }),
		});
	}
	function press(event: KeyboardEvent): void {
		const rows = [...(box.current?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])];
		const at = rows.indexOf(document.activeElement as HTMLElement);
		if (at === -1) return;
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
		const id = Number(rows[at]?.dataset.run);
		if (to !== undefined) rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
		else if (event.key === 'Delete' && id > 0) {
			(rows[at + 1] ?? rows[at - 1])?.focus();
			void deleteRun(services, id);
		} else if (event.key === 'c' && id > 0) pick(id);
		else if (event.key === ' ' && id > 0) {
			const run = runs.find((one) => one.id === id);
			if (run === undefined) return;
			void (isLive(run.status) ? evaluations.pause(id) : run.status === 'paused' ? evaluations.resume(id) : null);
		} else return;
		event.preventDefault();
	}
	const row = (run: (typeof runs)[number]) => (
		<RunRow
			key={run.id}
			run={run}
			now={now}
			current={run.id === current}
			focusable={run.id === current || (current === undefined && run.id === runs[0]?.id)}
			picked={chosen.includes(run.id)}
			picking={chosen.length > 0}
			onPick={() => pick(run.id)}
		/>
	);
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Evaluate</h2>
				<Button icon={Plus} onClick={() => openNewRun(services)}>
					New run
				</Button>
			</header>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys walk the links and buttons inside */}
			<div
				ref={box}
				onKeyDown={press}
				className="relative -mx-1 flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto px-1 pb-3"
			>
				{status === 'loading' ? <Skeleton rows={5} className="p-2" /> : null}
				{status === 'failed' && failure !== null ? (
					<FailureCard
						title="The runs could not be read"
						failure={failure}
						actions={
							<Button size="sm" onClick={() => void evaluations.refresh()}>
								Try again
							</Button>
						}
					/>
				) : null}
				<Group title="Running" rows={live.map(row)} />
				<Group title="Finished" rows={ended.slice(0, shown).map(row)} />
				{ended.length > shown || older !== null ? (
					<Button kind="ghost" size="sm" className="self-start" onClick={showOlder}>
						Show older
						{ended.length > shown ? `, ${formatCount(ended.length - shown)}${older === null ? '' : ' and more'}` : ''}
					</Button>
				) : null}
				{status === 'ready' ? <StarterDatasets /> : null}
			</div>
			{chosen.length === 0 ? null : (
				<div
					role="status"
					className="mb-2 flex flex-none items-center gap-1.5 rounded-lg border border-line bg-raised p-1.5 pl-2.5"
				>
					<span className="min-w-0 flex-1 truncate text-xs text-ink-2">
						{chosen.length === 1 ? 'Choose a second' : '2 chosen'}
					</span>
					<Button kind="ghost" size="sm" onClick={() => setPicked([])}>
						Clear
					</Button>
					{chosen.length === 2 ? (
						<Button kind="primary" size="sm" onClick={compare}>
							Compare
						</Button>
					) : null}
				</div>
			)}
		</div>
	);
}

function Group({ title, rows }: { title: string; rows: readonly React.ReactNode[] }) {
	if (rows.length === 0) return null;
	return (
		<section aria-label={title}>
			<h3 className="mt-2.5 flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3 first:mt-0">{title}</h3>
			<ul className="flex flex-col gap-px">{rows}</ul>
		</section>
	);
}
