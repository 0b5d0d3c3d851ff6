import { FileInput, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/schema.ts';
import { ListGroup, ListPane } from '../app/list-pane.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { TrashMenu } from '../app/trash-menu.tsx';
import { IconButton } from '../design/button.tsx';
import { formatCount, formatList } from '../design/format.ts';
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
				<span className="sr-only">
					{' '}
					{t('{count, plural, one {sample} other {samples}}', { count: latest.samples })}
				</span>
			</>
		),
	};
	return (
		<ListPane
			title={t('Datasets')}
			actions={
				<>
					<IconButton icon={FileInput} label={t('Import file')} onClick={() => datasetImport.begin(null)} />
					<IconButton icon={Plus} label={t('New dataset')} onClick={() => setNaming(true)} />
				</>
			}
			status={state.status}
			foot={
				<>
					<DatasetTrash />
					{naming ? <NewDatasetDialog onClose={() => setNaming(false)} /> : null}
				</>
			}
		>
			<ListGroup name={t('Yours')} items={own} empty={t('Import a file, or add answers from chat.')} {...rows} />
			<ListGroup name={t('Starter sets')} items={starters} {...rows} />
		</ListPane>
	);
}

/** Asks for the name of a new dataset and opens it. */
export function NewDatasetDialog({ onClose }: { onClose: () => void }) {
	const { datasets, layout } = useServices();
	return (
		<NameDialog
			title={t('New dataset')}
			verb={t('Create dataset')}
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
			warning={t('Permanently deletes these datasets. Those used by runs are kept.')}
			onRestore={(id) =>
				void runOrToast(services, async () => {
					await datasets.restore(id);
					layout.go({ section: 'datasets', datasetId: id });
				})
			}
			onEmpty={() =>
				void runOrToast(services, async () => {
					const kept = await datasets.emptyTrash();
					toasts.show({
						text:
							kept.length === 0
								? t('Trash emptied')
								: t('Trash emptied. Kept because runs use them: {names}', { names: formatList(kept) }),
					});
				})
			}
		/>
	);
}
