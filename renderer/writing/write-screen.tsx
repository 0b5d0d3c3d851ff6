import { Ellipsis, FileDown, FilePenLine, PanelRight, Pencil, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { Drawer } from '../app/drawer.tsx';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { ListToggle } from '../app/list-toggle.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Button, IconButton, iconButtonClass } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { openNewPage, savePageAsFile, trashPage } from './page-actions.ts';
import { PageBar } from './page-bar.tsx';
import { PageField } from './page-field.tsx';
import { PageInspector } from './page-inspector.tsx';

/** A page to write on: the model continues the text at the cursor. */
export function WriteScreen() {
	const { layout, pages, settings } = useServices();
	const width = useWindowWidth();
	const pageId = useStore(layout.state, ({ route }) => (route.section === 'write' ? route.pageId : null));
	const status = useStore(pages.state, (state) => state.status);
	const shown = useStore(pages.state, (state) => state.page?.id);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const inspectorWidth = useStore(settings.state, (state) => state.inspectorWidth);
	const overlay = useStore(layout.state, (state) => state.inspectorOverlay);
	const close = () => layout.set({ inspectorOverlay: false });
	useEffect(() => {
		if (status === 'ready') void pages.open(pageId);
	}, [pages, pageId, status]);
	if (shown === undefined) {
		return (
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ScreenHeader>
					<ListToggle />
					<ScreenTitle>{t('Pages')}</ScreenTitle>
				</ScreenHeader>
				<NoPage />
			</main>
		);
	}
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ShownPage key={shown} />
			</main>
			{width === 'wide' ? (
				inspectorOpen ? (
					<aside
						aria-label={t('Page settings')}
						data-region
						className="flex min-h-0 flex-none flex-col border-l border-line"
						style={{ width: inspectorWidth }}
					>
						<PageInspector />
					</aside>
				) : null
			) : (
				<Drawer open={overlay} onClose={close} side="right" label={t('Page settings')}>
					<PageInspector onClose={close} />
				</Drawer>
			)}
		</>
	);
}

function NoPage() {
	const services = useServices();
	const { pages } = services;
	const { status, failure } = useStore(pages.state);
	if (status === 'loading') return <Skeleton rows={6} className="p-6" />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load pages')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void pages.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	return (
		<EmptyState
			page
			icon={FilePenLine}
			title={t('Write with a model')}
			actions={
				<Button kind="primary" onClick={() => void openNewPage(services)}>
					{t('New page')}
				</Button>
			}
		>
			{t(
				'A page is a text that a model continues at the cursor. It works with every model, including base models, which are not trained to chat.',
			)}
		</EmptyState>
	);
}

const savingWords = { saved: t('Saved'), saving: t('Saving'), failed: t('Not saved') } as const;

function ShownPage() {
	const services = useServices();
	const { layout, pages, settings } = services;
	const width = useWindowWidth();
	const page = useStore(pages.state, (state) => state.page);
	const saving = useStore(pages.state, (state) => state.saving);
	const writing = useStore(pages.state, (state) => state.writing !== null);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const [renaming, setRenaming] = useState(false);
	const id = page?.id;
	// biome-ignore lint/correctness/useExhaustiveDependencies: another page was opened
	useEffect(() => {
		document.querySelector<HTMLElement>('[data-page-text]')?.focus();
	}, [id]);
	if (page === null) return null;
	const open = width === 'wide' && inspectorOpen;
	function press(event: KeyboardEvent): void {
		if (event.defaultPrevented || event.nativeEvent.isComposing) return;
		if (event.key === 'Escape' && writing) {
			event.preventDefault();
			void pages.stop();
		} else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
			event.preventDefault();
			void pages.continue();
		} else if (event.key === 'F2') {
			event.preventDefault();
			setRenaming(true);
		}
	}
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: keys are a second way to the buttons inside
		<div className="flex min-h-0 flex-1 flex-col" onKeyDown={press}>
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle className="min-w-0 truncate" title={page.title}>
					{page.title}
				</ScreenTitle>
				<span className={`text-xs whitespace-nowrap ${saving === 'failed' ? 'text-bad' : 'text-ink-3'}`}>
					{savingWords[saving]}
				</span>
				<span className="flex-1" />
				<Menu
					trigger={
						<button type="button" aria-label={t('Page actions')} className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem icon={Pencil} keys="F2" onSelect={() => setRenaming(true)}>
						{t('Rename')}
					</MenuItem>
					<MenuItem icon={FileDown} onSelect={() => void savePageAsFile(services)}>
						{t('Save as a file')}
					</MenuItem>
					<MenuLine />
					<MenuItem icon={Trash2} danger onSelect={() => void trashPage(services, page)}>
						{t('Move to trash')}
					</MenuItem>
				</Menu>
				<IconButton
					icon={PanelRight}
					label={open ? t('Hide settings pane') : t('Show settings pane')}
					keys={formatShortcut('toggle-inspector')}
					aria-pressed={open}
					onClick={() =>
						width === 'wide'
							? settings.change({ inspectorOpen: !inspectorOpen })
							: layout.set({ inspectorOverlay: true })
					}
				/>
			</ScreenHeader>
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
				<PageField />
			</div>
			<PageBar />
			{renaming ? (
				<NameDialog
					title={t('Rename page')}
					verb={t('Rename')}
					missing={t('Enter a name for the page')}
					name={page.title}
					onClose={() => setRenaming(false)}
					onName={(name) => pages.rename(page.id, name)}
				/>
			) : null}
		</div>
	);
}
