import { PanelRight, Table2 } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Drawer } from '../app/drawer.tsx';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { ListToggle } from '../app/list-toggle.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Button, IconButton } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { Loop } from '../welcome/loop.tsx';
import { ChecksView } from './checks-view.tsx';
import { DatasetAbout } from './dataset-about.tsx';
import { DatasetMenu } from './dataset-menu.tsx';
import { type DatasetView, isChangeable, shownDataset, shownVersion } from './dataset-store.ts';
import { DraftLine } from './draft-line.tsx';
import { SampleFilterBar } from './sample-filter-bar.tsx';
import { allSamples, isFiltered } from './sample-list-store.ts';
import { SamplePane } from './sample-pane.tsx';
import { SampleTable } from './sample-table.tsx';
import { VersionDiffView } from './version-diff.tsx';
import { VersionMenu } from './version-menu.tsx';

/** Width of the right pane, in px: enough to read and edit a sample. */
const paneWidth = 360;

/** The open dataset: its samples, the checks' findings, and the changes between versions. */
export function DatasetsScreen() {
	const { datasets, layout, samples, settings } = useServices();
	const width = useWindowWidth();
	const datasetId = useStore(layout.state, ({ route }) => (route.section === 'datasets' ? route.datasetId : null));
	const status = useStore(datasets.state, (state) => state.status);
	const shown = useStore(datasets.state, (state) => shownDataset(state)?.id);
	const looking = useStore(samples.state, ({ selected, editing }) => selected !== null || editing === 'new');
	const view = useStore(datasets.state, (state) => state.view);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const overlay = useStore(layout.state, (state) => state.inspectorOverlay);
	useEffect(() => {
		if (status === 'ready') void datasets.open(datasetId);
	}, [datasets, datasetId, status]);
	const withSample = view === 'samples' && looking;
	const closeSample = () => void samples.select(null);
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<Head />
				{shown === undefined ? <NoDataset /> : <Content view={view} />}
			</main>
			{shown === undefined ? null : width === 'wide' ? (
				withSample || inspectorOpen ? (
					<aside
						aria-label={withSample ? t('Sample') : t('Dataset details')}
						data-region
						style={{ width: paneWidth }}
						className="flex min-h-0 flex-none flex-col border-l border-line"
					>
						{withSample ? <SamplePane onClose={closeSample} /> : <DatasetAbout key={shown} />}
					</aside>
				) : null
			) : (
				<>
					<Drawer open={withSample} onClose={closeSample} side="right" label={t('Sample')} width={paneWidth}>
						<SamplePane onClose={closeSample} />
					</Drawer>
					<Drawer
						open={overlay && !withSample}
						onClose={() => layout.set({ inspectorOverlay: false })}
						side="right"
						label={t('Dataset details')}
						width={paneWidth}
					>
						<DatasetAbout key={shown} onClose={() => layout.set({ inspectorOverlay: false })} />
					</Drawer>
				</>
			)}
		</>
	);
}

function Head() {
	const services = useServices();
	const { datasets, layout, settings } = services;
	const width = useWindowWidth();
	const dataset = useStore(datasets.state, shownDataset);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const shown = width === 'wide' && inspectorOpen;
	return (
		<ScreenHeader>
			<ListToggle />
			<ScreenTitle className="truncate" title={dataset?.name}>
				{dataset?.name ?? t('Datasets')}
			</ScreenTitle>
			{dataset === undefined ? null : <VersionMenu />}
			<span className="flex-1" />
			{dataset === undefined ? null : (
				<>
					<DatasetMenu dataset={dataset} />
					<Button
						kind="primary"
						blocked={dataset.latest.samples === 0 ? t('The dataset has no samples') : undefined}
						onClick={() => openNewRun(services, { datasetId: dataset.id })}
					>
						{t('Evaluate')}
					</Button>
					<IconButton
						icon={PanelRight}
						label={shown ? t('Hide dataset details') : t('Show dataset details')}
						keys={formatShortcut('toggle-inspector')}
						aria-pressed={shown}
						onClick={() =>
							width === 'wide'
								? settings.change({ inspectorOpen: !inspectorOpen })
								: layout.set({ inspectorOverlay: true })
						}
					/>
				</>
			)}
		</ScreenHeader>
	);
}

const views: readonly { value: DatasetView; label: string }[] = [
	{ value: 'samples', label: t('Samples') },
	{ value: 'checks', label: t('Checks') },
	{ value: 'changes', label: t('Changes') },
];

function Content({ view }: { view: DatasetView }) {
	const { datasets } = useServices();
	const total = useStore(datasets.state, (state) => shownVersion(state)?.samples);
	return (
		<>
			<div className="flex flex-none items-center gap-x-3 px-5 pt-3 pb-1 max-[52rem]:flex-wrap">
				<Segmented
					label={t('View')}
					value={view}
					onChange={datasets.show}
					options={views.map((one) => ({
						...one,
						count: one.value === 'samples' && total !== undefined ? formatCount(total) : undefined,
					}))}
				/>
				<DraftLine />
			</div>
			{view === 'samples' ? <Samples /> : view === 'checks' ? <ChecksView /> : <VersionDiffView />}
		</>
	);
}

function Samples() {
	const { datasets, samples } = useServices();
	const { status, failure, total, looked, filter } = useStore(samples.state);
	const changeable = useStore(datasets.state, isChangeable);
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load samples')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void samples.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (total === null) return <Skeleton rows={8} className="p-5" />;
	if (total === 0 && !isFiltered(filter)) return <NoSamples changeable={changeable} />;
	return (
		<>
			<SampleFilterBar />
			{total === 0 && looked < 1 ? (
				<Skeleton rows={8} className="p-5" />
			) : total === 0 ? (
				<EmptyState
					icon={Table2}
					title={t('No results')}
					actions={<Button onClick={() => samples.change(allSamples)}>{t('Clear filters')}</Button>}
				>
					{t('No samples match the search and filters.')}
				</EmptyState>
			) : (
				<SampleTable />
			)}
		</>
	);
}

function NoSamples({ changeable }: { changeable: boolean }) {
	const { datasetImport, datasets, samples } = useServices();
	const id = useStore(datasets.state, (state) => shownDataset(state)?.id);
	return (
		<EmptyState
			icon={Table2}
			title={t('No samples yet')}
			actions={
				changeable ? (
					<>
						<Button kind="primary" onClick={() => datasetImport.begin(id ?? null)}>
							{t('Import file')}
						</Button>
						<Button onClick={() => samples.edit('new')}>{t('Write a sample')}</Button>
					</>
				) : undefined
			}
		>
			{t('Import a file, add answers you rate or correct in chat, or write samples here.')}
		</EmptyState>
	);
}

function NoDataset() {
	const { datasetImport, datasets, layout } = useServices();
	const { status, failure } = useStore(datasets.state);
	if (status === 'loading') return <Skeleton rows={6} className="p-5" />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load datasets')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void datasets.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	return (
		<EmptyState
			icon={Table2}
			title={t('No datasets yet')}
			foot={<Loop at="datasets" />}
			actions={
				<>
					<Button kind="primary" onClick={() => datasetImport.begin(null)}>
						{t('Import file')}
					</Button>
					<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>{t('Go to Chat')}</Button>
				</>
			}
		>
			{t('Rate or correct answers in chat, or import a CSV or JSONL file.')}
		</EmptyState>
	);
}
