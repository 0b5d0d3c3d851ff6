import { Copy, Ellipsis, FileInput, GraduationCap, Pencil, Shuffle, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/schema.ts';
import { openFineTune } from '../adaptation/training-commands.ts';
import { moveToTrash } from '../app/move-to-trash.ts';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { Button, iconButtonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { isChangeable, shownVersion } from './dataset-store.ts';
import { ExportMenu } from './export-menu.tsx';
import { SplitDialog } from './split-dialog.tsx';

/** Actions on the whole dataset. */
export function DatasetMenu({ dataset }: { dataset: Dataset }) {
	const services = useServices();
	const { datasetImport, datasets, layout } = services;
	const version = useStore(datasets.state, shownVersion);
	const draftAfter = useStore(datasets.state, ({ versions }) => versions[0]?.frozenAt === null && versions.length > 1);
	const changeable = useStore(datasets.state, isChangeable);
	const [asking, setAsking] = useState<'rename' | 'copy' | 'split' | 'discard' | null>(null);
	const close = () => setAsking(null);
	return (
		<>
			<ExportMenu />
			<Menu
				trigger={
					<button type="button" aria-label={t('Dataset actions')} className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				<MenuItem icon={FileInput} onSelect={() => datasetImport.begin(dataset.id)}>
					{t('Import samples')}
				</MenuItem>
				<MenuItem
					icon={GraduationCap}
					onSelect={() =>
						openFineTune(services, {
							data: { kind: 'dataset', datasetId: dataset.id, versionId: null, split: null, tags: [] },
						})
					}
				>
					{t('Fine-tune a model on it')}
				</MenuItem>
				{changeable ? (
					<MenuItem icon={Shuffle} onSelect={() => setAsking('split')}>
						{t('Random split')}
					</MenuItem>
				) : null}
				<MenuLine />
				<MenuItem icon={Pencil} onSelect={() => setAsking('rename')}>
					{t('Rename')}
				</MenuItem>
				<MenuItem icon={Copy} onSelect={() => setAsking('copy')}>
					{t('Duplicate version')}
				</MenuItem>
				{draftAfter && changeable ? (
					<MenuItem icon={Undo2} onSelect={() => setAsking('discard')}>
						{t('Discard draft')}
					</MenuItem>
				) : null}
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removeDataset(services, dataset)}>
					{t('Delete')}
				</MenuItem>
			</Menu>
			{asking === 'rename' ? (
				<NameDialog
					title={t('Rename dataset')}
					verb={t('Rename')}
					name={dataset.name}
					onClose={close}
					onName={(name) => datasets.rename(dataset.id, name, dataset.description)}
				/>
			) : null}
			{asking === 'copy' && version !== undefined ? (
				<NameDialog
					title={t('Duplicate dataset')}
					text={t('Creates a new dataset from v{number}.', { number: version.number })}
					verb={t('Duplicate')}
					name={t('{name} copy', { name: dataset.name })}
					onClose={close}
					onName={async (name) => {
						const { id } = await datasets.copy(version.id, name);
						layout.go({ section: 'datasets', datasetId: id });
					}}
				/>
			) : null}
			{asking === 'split' ? <SplitDialog onClose={close} /> : null}
			{asking === 'discard' && version !== undefined ? (
				<Dialog
					open
					onClose={close}
					title={t('Discard draft v{number}?', { number: version.number })}
					text={t('Changes since the last version are lost. Earlier versions are kept.')}
					actions={
						<>
							<Button onClick={close}>{t('Cancel')}</Button>
							<Button
								kind="danger-fill"
								onClick={() => {
									close();
									void runOrToast(services, () => datasets.discardDraft());
								}}
							>
								{t('Discard draft')}
							</Button>
						</>
					}
				/>
			) : null}
		</>
	);
}

/** Moves a dataset to the trash and offers to undo. */
export function removeDataset(services: Services, { id, name }: Dataset): Promise<void> {
	const { datasets, layout } = services;
	const go = (datasetId: number | null) => layout.go({ section: 'datasets', datasetId });
	return moveToTrash(
		services,
		name,
		() => datasets.remove(id).then(() => go(null)),
		() => datasets.restore(id).then(() => go(id)),
	);
}
