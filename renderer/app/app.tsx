import { CSPProvider } from '@base-ui/react/csp-provider';
import { type ComponentType, useEffect } from 'react';
import { useStore } from 'zustand';
import { SweepDialog } from '../comparison/settings-sweep-dialog.tsx';
import { RefusedScreen } from '../connection/refused-screen.tsx';
import { focusComposer } from '../conversation/actions.ts';
import { FolderOrTagDialog } from '../conversation/organise/folder-or-tag-dialog.tsx';
import { AddToDatasetDialog } from '../dataset/add-to-dataset-dialog.tsx';
import { DatasetImportDialog } from '../dataset/import-dialog.tsx';
import { TooltipDelay } from '../design/tooltip.tsx';
import { ExportDialog } from '../import-export/export-dialog.tsx';
import { ImportDialog } from '../import-export/import-dialog.tsx';
import { t } from '../messages/t.ts';
import { type Services, ServicesContext } from '../services.ts';
import { CommandPalette } from './command-palette.tsx';
import { Frame } from './frame.tsx';
import { keepFocus } from './keep-focus.ts';
import { ShortcutsDialog } from './keyboard/shortcuts-dialog.tsx';
import { useGlobalShortcuts } from './keyboard/use-global-shortcuts.ts';
import { PaletteDialog } from './palette-dialog.tsx';
import { PartBoundary } from './part-boundary.tsx';
import { sectionNames } from './section-names.ts';
import { ToastList } from './toast-list.tsx';

/** The page. It stays blank briefly before the first connection; if the connection is refused, it says what to do. */
export function App({ services }: { services: Services }) {
	return (
		<CSPProvider disableStyleElements>
			<ServicesContext value={services}>
				<TooltipDelay>
					<Screen services={services} />
					<PartBoundary name={t('the notices')} place="corner">
						<ToastList />
					</PartBoundary>
				</TooltipDelay>
			</ServicesContext>
		</CSPProvider>
	);
}

function Screen({ services }: { services: Services }) {
	const refused = useStore(services.connection.state, (state) => (state.status === 'refused' ? state.failure : null));
	const known = useStore(
		services.connection.state,
		(state) => state.status !== 'connecting' || services.connection.lastHello() !== null,
	);
	// Menus and tooltips below read the keys while they render, so a change of keys renders everything again.
	useStore(services.settings.state, ({ keys }) => JSON.stringify(keys));
	useGlobalShortcuts(services);
	useDocumentTitle(services);
	useEffect(keepFocus, []);
	// Start with the focus in the message field, ready to type.
	useEffect(() => {
		if (known && document.activeElement === document.body) focusComposer();
	}, [known]);
	if (refused !== null) return <RefusedScreen failure={refused} />;
	if (!known) return null;
	return (
		<>
			<Frame />
			{dialogs.map(([name, Dialog]) => (
				<PartBoundary key={name} name={name} place="corner">
					<Dialog />
				</PartBoundary>
			))}
		</>
	);
}

/** Dialogs that open over any section, and their names. */
const dialogs: readonly (readonly [name: string, ComponentType])[] = [
	[t('the command palette'), CommandPalette],
	[t('the dialog for folders and tags'), FolderOrTagDialog],
	[t('the import dialog'), ImportDialog],
	[t('the export dialog'), ExportDialog],
	[t('the import of a dataset'), DatasetImportDialog],
	[t('the dialog that adds to a dataset'), AddToDatasetDialog],
	[t('the measured settings'), SweepDialog],
	[t('the list of shortcuts'), ShortcutsDialog],
	[t('the dialog'), PaletteDialog],
];

/** Sets the title of the window or tab to what is shown. */
function useDocumentTitle({ evaluations, layout, thread }: Services): void {
	const section = useStore(layout.state, ({ route }) => route.section);
	const title = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation.title : null));
	const name = section === 'chat' || section === 'trash' ? title : sectionNames[section];
	// The tab title announces a run that ended unseen until someone looks at the tab.
	const ended = useStore(evaluations.state, (state) => state.ended);
	useEffect(() => {
		const look = () => (document.hidden ? undefined : evaluations.seen());
		document.addEventListener('visibilitychange', look);
		return () => document.removeEventListener('visibilitychange', look);
	}, [evaluations]);
	useEffect(() => {
		const words = ended === null ? name : t('Finished: {ended}', { ended });
		document.title = words === null ? 'Assay' : `${words} · Assay`;
	}, [name, ended]);
}
