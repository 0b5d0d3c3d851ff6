import { ListPlus, Table2 } from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { buttonClass, IconButton, iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import type { MessageSample } from './add-to-dataset-store.ts';

const nowhere: readonly MessageSample[] = [];

/** Makes a sample of an answer, or links to the sample made before. `words`: there is room for more than an icon. */
export function AddToDatasetButton({ messageId, words = false }: { messageId: number; words?: boolean }) {
	const services = useServices();
	const { addingToDataset } = services;
	const uses = useStore(addingToDataset.uses, (all) => all.get(messageId) ?? nowhere);
	const ask = () => addingToDataset.ask({ kind: 'message', messageId });
	if (uses.length === 0 && words) {
		return (
			<Tooltip text={t('Add to dataset')} keys={formatShortcut('add-to-dataset')}>
				<button type="button" className={buttonClass('ghost', 'sm')} onClick={ask}>
					<Icon of={ListPlus} size={14} />
					{t('Add to dataset')}
				</button>
			</Tooltip>
		);
	}
	if (uses.length === 0) {
		return (
			<IconButton
				icon={ListPlus}
				label={t('Add to dataset')}
				keys={formatShortcut('add-to-dataset')}
				size="sm"
				onClick={ask}
			/>
		);
	}
	const name =
		uses.length === 1
			? t('In {datasetName}', { datasetName: uses[0]?.datasetName ?? '' })
			: t('In {count, plural, one {# dataset} other {# datasets}}', { count: uses.length });
	return (
		<Menu
			align="end"
			trigger={
				<button
					type="button"
					aria-label={name}
					className={`${words ? buttonClass('ghost', 'sm') : iconButtonClass('sm')} bg-accent-soft! text-accent-ink!`}
				>
					<Icon of={ListPlus} size={14} />
					{words ? <span className="max-w-40 truncate leading-normal">{name}</span> : null}
				</button>
			}
		>
			{uses.map((use) => (
				<MenuItem key={use.datasetId} icon={Table2} onSelect={() => void openSample(services, use)}>
					{t('Show in {datasetName}', { datasetName: use.datasetName })}
				</MenuItem>
			))}
			<MenuLine />
			<MenuItem icon={ListPlus} keys={formatShortcut('add-to-dataset')} onSelect={ask}>
				{t('Add to a dataset')}
			</MenuItem>
		</Menu>
	);
}

/** Opens the dataset at the sample. */
export async function openSample({ datasets, layout, samples }: Services, use: MessageSample): Promise<void> {
	layout.go({ section: 'datasets', datasetId: use.datasetId });
	await datasets.open(use.datasetId);
	datasets.showVersion(null);
	datasets.show('samples');
	await samples.whenLoaded();
	await samples.find(use.sampleId);
}
