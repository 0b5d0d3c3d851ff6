import { FileInput, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/schema.ts';
import { ListGroup, ListPane } from '../app/list-pane.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { TrashMenu } from '../app/trash-menu.tsx';
import { IconButton } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { shownDataset } from './dataset-store.ts';

/** The list of datasets: the user's own, then those that come with Assay. */
export function DatasetList() {
	const { datasetImport, datasets, layout } = useServices();
	const state = useStore(datasets.state);
	const [naming, setNaming] = useState(false);
	const own = state.datasets.filter(({ starterId }) => starterId === null);
	const starters = state.datasets.filter(({ starterId }) => starterId !== null);
	const open = (datasetId: number) => layout.go({ section: 'datasets', datasetId });
	const rows = {
		shownId: shownDataset(state)?.id,
		href: (id: number) => `#/datasets/${id}`,
		onOpen: open,
		detail: ({ latest }: Dataset) => (
			<>
				{formatCount(latest.samples)}
				<span className="sr-only"> samples</span>
			</>
		),
	};
	return (
		<ListPane
			title="Datasets"
			actions={
				<>
					<IconButton icon={FileInput} label="Import file" onClick={() => datasetImport.begin(null)} />
					<IconButton icon={Plus} label="New dataset" onClick={() => setNaming(true)} />
				</>
			}
			state={state}
			onRetry={() => void datasets.refresh()}
			failureTitle={t('Couldn’t load datasets')}
			foot={
				<>
					<DatasetTrash />
					{naming ? <NewDatasetDialog onClose={() => setNaming(false)} /> : null}
				</>
			}
		>
			<ListGroup name="Yours" items={own} empty="Import file, or add answers from chat." {...rows} />
			<ListGroup name="Starter sets" items={starters} {...rows} />
		</ListPane>
	);
}

/** Asks for the name of a new dataset and opens it. */
export function NewDatasetDialog({ onClose }: { onClose: () => void }) {
	const { datasets, layout } = useServices();
	return (
		<NameDialog
			title="New dataset"
			verb="Create dataset"
			name=""
			onClose={onClose}
			onName={async (name) => {
				const { id } = await datasets.create(name);
				layout.go({ section: 'datasets', datasetId: id });
			}}
		/>
	);
}

function DatasetTrash() {
	const services = useServices();
	const { datasets, layout, toasts } = services;
	const deleted = useStore(datasets.state, (state) => state.deleted);
	return (
		<TrashMenu
			deleted={deleted}
			warning="Permanently deletes these datasets. Those used by runs are kept."
			onRestore={(id) =>
				void runOrToast(services, async () => {
					await datasets.restore(id);
					layout.go({ section: 'datasets', datasetId: id });
				})
			}
			onEmpty={() =>
				void runOrToast(services, async () => {
					const kept = await datasets.emptyTrash();
					const words = kept.length === 0 ? '' : `. Kept because runs use them: ${kept.join(', ')}`;
					toasts.show({ text: `Trash emptied${words}` });
				})
			}
		/>
	);
}
