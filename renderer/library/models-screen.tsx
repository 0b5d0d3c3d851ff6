import { Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { TrainingActions, TrainingTab } from '../adaptation/training-tab.tsx';
import { Drawer } from '../app/drawer.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Button } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Kbd } from '../design/kbd.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { Segmented } from '../design/segmented.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { DownloadTab } from './download-tab.tsx';
import { LibraryTab } from './library-tab.tsx';
import { removeModel } from './model-actions.ts';
import { ModelInspector } from './model-inspector.tsx';
import { countModels } from './model-rows.ts';
import { QuantizeDialog } from './quantize-dialog.tsx';
import { useInspectedModel } from './use-inspected-model.ts';

/** Models on this computer and their fit, models to download, and training: three tabs under one header. */
export function ModelsScreen() {
	const { models } = useServices();
	const tab = useStore(models.view, (view) => view.tab);
	const files = useStore(models.state, (state) => state.models);
	const quantizing = useStore(models.view, ({ dialog }) => (dialog.kind === 'quantize' ? dialog.modelId : null));
	const source = files.find(({ id }) => id === quantizing);
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ScreenHeader>
					<ScreenTitle className="max-[799px]:sr-only">{t('Models')}</ScreenTitle>
					<div className="min-[800px]:ml-2 min-[800px]:whitespace-nowrap">
						<Segmented
							label={t('Which models')}
							value={tab}
							onChange={(next) => models.view.setState({ tab: next })}
							options={[
								{ value: 'here', label: t('On this computer'), count: formatCount(countModels(files)) },
								{ value: 'get', label: t('Get models') },
								{ value: 'training', label: t('Training') },
							]}
						/>
					</div>
					<span className="flex-1" />
					{tab === 'here' ? <LibraryActions /> : tab === 'training' ? <TrainingActions /> : null}
				</ScreenHeader>
				{tab === 'here' ? <LibraryTab /> : tab === 'get' ? <DownloadTab /> : <TrainingTab />}
			</main>
			{tab === 'here' ? <LibraryInspector /> : null}
			{source === undefined ? null : (
				<QuantizeDialog
					key={source.id}
					model={source}
					onClose={() => models.view.setState({ dialog: { kind: 'none' } })}
				/>
			)}
		</>
	);
}

/** Whether a key press belongs to text entry. */
const isTyping = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Right end of the Models header on the library tab: filter and add. */
function LibraryActions() {
	const { models } = useServices();
	const narrow = useWindowWidth() === 'narrow';
	const filter = useStore(models.view, (view) => view.filter);
	const box = useRef<HTMLInputElement>(null);
	useEffect(() => {
		const onKey = (event: KeyboardEvent): void => {
			if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
			event.preventDefault();
			box.current?.focus();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, []);
	const set = (text: string) => models.view.setState({ filter: text });
	return (
		<>
			<SearchBox
				ref={box}
				className="w-42.5 min-w-24 max-[1099px]:w-28 max-[799px]:w-24"
				label={t('Filter models')}
				placeholder={t('Filter')}
				value={filter}
				maxLength={200}
				onType={set}
				onKeyDown={(event) => {
					if (event.key === 'Escape' && filter !== '') {
						event.stopPropagation();
						set('');
					}
				}}
			>
				{filter === '' ? (
					<Kbd>/</Kbd>
				) : (
					<button type="button" aria-label={t('Clear filter')} onClick={() => set('')} className="text-ink-3">
						<Icon of={X} size={12} />
					</button>
				)}
			</SearchBox>
			<Button icon={Plus} onClick={() => models.view.setState({ dialog: { kind: 'add' } })}>
				{narrow ? t('Add') : t('Add file or folder')}
			</Button>
		</>
	);
}

/** The selected model next to the table, or over it in a narrow window. */
function LibraryInspector() {
	const services = useServices();
	const { models } = services;
	const wide = useWindowWidth() === 'wide';
	const selected = useInspectedModel();
	const close = () => models.view.setState({ chosen: null });
	const inspector = selected ? (
		<ModelInspector
			key={selected.id}
			model={selected}
			onRemove={() => void removeModel(services, selected)}
			onClose={wide ? undefined : close}
		/>
	) : null;
	if (!wide) {
		return (
			<Drawer open={inspector !== null} onClose={close} side="right" label={t('Model')}>
				{inspector}
			</Drawer>
		);
	}
	if (inspector === null) return null;
	return (
		<aside
			aria-label={t('Model')}
			data-region
			className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
		>
			{inspector}
		</aside>
	);
}
