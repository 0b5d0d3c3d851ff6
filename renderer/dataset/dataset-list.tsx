import { FileInput, Plus } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/dataset.ts';
import { NameDialog } from '../app/pane/name-dialog.tsx';
import { TrashMenu } from '../app/pane/trash-menu.tsx';
import { orToast } from '../conversation/actions.ts';
import { Button, IconButton } from '../design/button.tsx';
import { count } from '../design/format.ts';
import { FailureCard } from '../design/state/failure-card.tsx';
import { Skeleton } from '../design/state/skeleton.tsx';
import { useServices } from '../services.ts';
import { shownDataset } from './datasets.ts';

/** The datasets: one's own, then those that come with Assay. */
export function DatasetList() {
	const { datasetImport, datasets, layout } = useServices();
	const { status, failure, datasets: all } = useStore(datasets.state);
	const [naming, setNaming] = useState(false);
	const own = all.filter(({ starterId }) => starterId === null);
	const starters = all.filter(({ starterId }) => starterId !== null);
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Datasets</h2>
				<IconButton icon={FileInput} label="Import a file" onClick={() => datasetImport.begin(null)} />
				<IconButton icon={Plus} label="New dataset" onClick={() => setNaming(true)} />
			</header>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a second way through links that are reached with Tab */}
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto" onKeyDown={walk}>
				{status === 'loading' ? <Skeleton rows={5} className="px-2 pt-4" /> : null}
				{status === 'failed' && failure !== null ? (
					<div className="p-1">
						<FailureCard
							title="The datasets could not be read"
							failure={failure}
							actions={
								<Button size="sm" onClick={() => void datasets.refresh()}>
									Try again
								</Button>
							}
						/>
					</div>
				) : null}
				<Group name="Yours" datasets={own} empty="Import a file, or add answers from chat." />
				<Group name="Starter sets" datasets={starters} />
			</div>
			<DatasetTrash />
			{naming ? (
				<NameDialog
					title="New dataset"
					verb="Make dataset"
					name=""
					onClose={() => setNaming(false)}
					onName={async (name) => {
						const { id } = await datasets.create(name);
						layout.go({ section: 'datasets', datasetId: id });
					}}
				/>
			) : null}
		</div>
	);
}

function DatasetTrash() {
	const services = useServices();
	const { datasets, layout, toasts } = services;
	const deleted = useStore(datasets.state, (state) => state.deleted);
	return (
		<TrashMenu
			deleted={deleted}
			warning="The samples of these datasets are deleted for good. Those that runs were made with stay."
			onRestore={(id) =>
				void orToast(services, async () => {
					await datasets.restore(id);
					layout.go({ section: 'datasets', datasetId: id });
				})
			}
			onEmpty={() =>
				void orToast(services, async () => {
					const kept = await datasets.emptyTrash();
					const words = kept.length === 0 ? '' : `; kept for their runs: ${kept.join(', ')}`;
					toasts.show({ text: `The trash is empty${words}` });
				})
			}
		/>
	);
}

function Group({ name, datasets, empty }: { name: string; datasets: readonly Dataset[]; empty?: string }) {
	const { datasets: store, layout } = useServices();
	const status = useStore(store.state, (state) => state.status);
	const shown = useStore(store.state, (state) => shownDataset(state)?.id);
	if (status !== 'ready' || (datasets.length === 0 && empty === undefined)) return null;
	return (
		<section aria-label={name} className="mb-3">
			<h3 className="flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{name}</h3>
			{datasets.length === 0 ? <p className="px-2 text-xs text-ink-3">{empty}</p> : null}
			<ul>
				{datasets.map(({ id, name: title, latest }) => (
					<li key={id}>
						<a
							data-row
							href={`#/datasets/${id}`}
							aria-current={id === shown ? 'true' : undefined}
							onClick={(event) => {
								event.preventDefault();
								layout.go({ section: 'datasets', datasetId: id });
							}}
							className="flex h-7.5 items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink"
						>
							<span className="min-w-0 flex-1 truncate" title={title}>
								{title}
							</span>
							<span className="flex-none text-2xs font-normal text-ink-3 tabular-nums">
								{count(latest.samples)}
								<span className="sr-only"> samples</span>
							</span>
						</a>
					</li>
				))}
			</ul>
		</section>
	);
}

/** Up and down go through the rows of all groups. */
function walk(event: KeyboardEvent<HTMLElement>): void {
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (step === undefined) return;
	const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
	const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
	if (next === undefined) return;
	event.preventDefault();
	next.focus();
}
