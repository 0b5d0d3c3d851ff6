import {
	Download,
	FileInput,
	FlaskConical,
	Keyboard,
	Library,
	MessageSquare,
	MessageSquareDashed,
	PanelLeft,
	PanelRight,
	Paperclip,
	Pencil,
	Search,
	SquarePen,
} from 'lucide-react';
import type { WindowCommand } from '../../electron/contract/bridge.ts';
import { listActivityCommands } from '../activity/activity-commands.ts';
import { listTrainingCommands } from '../adaptation/training-commands.ts';
import { listNewComparisonCommands } from '../comparison/comparison-commands.ts';
import { openNewConversation, openTemporaryConversation } from '../conversation/actions.ts';
import { openFileDialog } from '../conversation/composer/attach-button.tsx';
import { findAttachmentPlace } from '../conversation/composer/attachment-store.ts';
import { listAnswerCommands, listOrganiseCommands, switchBranch } from '../conversation/conversation-commands.ts';
import { openDocumentChoice } from '../conversation/documents/documents-button.tsx';
import { toggleSettingsPane } from '../conversation/settings-pane.ts';
import { chatRoute, shownMessages } from '../conversation/thread/thread-state.ts';
import { listDatasetCommands } from '../dataset/dataset-commands.ts';
import { listDocumentCommands } from '../documents/document-commands.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import { listFeedbackCommands, listFeedbackExports } from '../feedback/feedback-commands.ts';
import { listLibraryCommands } from '../library/model-commands.ts';
import { t } from '../messages/t.ts';
import { listNewPresetCommands } from '../preset/preset-commands.ts';
import { listNewPromptCommands } from '../prompt/prompt-commands.ts';
import { listServerCommands } from '../server/server-commands.ts';
import type { Services } from '../services.ts';
import { listSettingsCommands } from '../settings/settings-commands.ts';
import { listPageCommands } from '../writing/page-commands.ts';
import type { Command } from './command.ts';
import { runWithFocus } from './focus-main.ts';
import type { ShortcutId } from './keyboard/key-bindings.ts';
import { railSections } from './rail.tsx';
import { sectionStart } from './route.ts';
import { sectionNames } from './section-names.ts';
import { hasRoomForList } from './use-window-width.ts';

/** Lists every command that is available now; the palette shows them, keys and the menu run them. */
export function listCommands(services: Services): Command[] {
	const { layout, thread } = services;
	const state = thread.state.getState();
	const open = state.status === 'ready' ? state : null;
	const onPage = layout.state.getState().route.section === 'write';
	const answer = onPage
		? undefined
		: shownMessages(state).findLast(({ role, status }) => role === 'assistant' && status !== 'streaming');
	const commands: (Command | null)[] = [
		...listPageCommands(services),
		{
			id: 'new-conversation',
			label: t('New conversation'),
			synonyms: t('chat start create message'),
			icon: SquarePen,
			shortcut: 'new-conversation',
			run: () => openNewConversation(services),
		},
		{
			id: 'temporary-conversation',
			label: t('New temporary conversation'),
			synonyms: t('chat incognito private unsaved'),
			icon: MessageSquareDashed,
			shortcut: 'temporary-conversation',
			run: () => openTemporaryConversation(services),
		},
		findAttachmentPlace(state) !== null && layout.state.getState().route.section === 'chat'
			? {
					id: 'attach',
					label: t('Attach files'),
					synonyms: t('file upload add document image pdf'),
					icon: Paperclip,
					run: openFileDialog,
				}
			: null,
		findAttachmentPlace(state) !== null && layout.state.getState().route.section === 'chat'
			? {
					id: 'use-documents',
					label: t('Use documents in this conversation'),
					synonyms: t('collection knowledge sources retrieval rag'),
					icon: Library,
					run: openDocumentChoice,
				}
			: null,
		{
			id: 'new-run',
			label: t('New run'),
			synonyms: t('evaluate evaluation prompts models test benchmark start'),
			detail: t('Evaluate prompts and models'),
			icon: FlaskConical,
			run: () => openNewRun(services),
		},
		{
			id: 'search',
			label: t('Search conversations'),
			synonyms: t('find messages history'),
			icon: Search,
			shortcut: 'search',
			run: () => focusSearch(services),
		},
		shownMessages(state).length > 0
			? {
					id: 'find',
					label: t('Find in this conversation'),
					synonyms: t('search text'),
					icon: Search,
					shortcut: 'find',
					run: () => findInConversation(services),
				}
			: null,
		...(answer ? listAnswerCommands(services, answer) : []),
		open
			? {
					id: 'rename',
					label: t('Rename this conversation'),
					synonyms: t('title name'),
					icon: Pencil,
					run: () => layout.set({ renaming: open.conversation.id, listOpen: true }),
				}
			: null,
		open
			? {
					id: 'export-conversation',
					label: t('Export this conversation'),
					synonyms: t('save download markdown json html share'),
					icon: Download,
					run: () => services.importExport.showExport([open.conversation.id]),
				}
			: null,
		{
			id: 'import-conversations',
			label: t('Import conversations'),
			synonyms: t('chatgpt claude json open load upload'),
			icon: FileInput,
			run: services.importExport.showImport,
		},
		{
			id: 'export-all',
			label: t('Export all conversations'),
			synonyms: t('save download markdown json backup'),
			icon: Download,
			run: () => services.importExport.showExport([]),
		},
		{
			id: 'chat',
			label: t('Go to Chat'),
			icon: MessageSquare,
			shortcut: 'chat',
			run: () => layout.go(chatRoute(state)),
		},
		...railSections
			.filter(({ section }) => section !== 'chat')
			.map(({ section, icon }) => ({
				id: section,
				label: t('Go to {section}', { section: sectionNames[section] }),
				synonyms: t('open show screen section'),
				icon,
				shortcut: section,
				run: () => layout.go(sectionStart(section)),
			})),
		...(answer ? listFeedbackCommands(services, answer.id) : []),
		...listFeedbackExports(services),
		...listLibraryCommands(services),
		...listNewComparisonCommands(services),
		...listTrainingCommands(services),
		...listNewPromptCommands(services),
		...listNewPresetCommands(services),
		...listDatasetCommands(services, answer?.id ?? null),
		...listDocumentCommands(services),
		{
			id: 'toggle-list',
			label: t('Show or hide the list'),
			synonyms: t('sidebar pane toggle'),
			icon: PanelLeft,
			shortcut: 'toggle-list',
			run: () => toggleList(services),
		},
		{
			id: 'toggle-inspector',
			label: t('Show or hide the settings pane'),
			synonyms: t('inspector sidebar system prompt temperature context sampling toggle'),
			icon: PanelRight,
			shortcut: 'toggle-inspector',
			run: () => toggleSettingsPane(services),
		},
		{
			id: 'shortcuts',
			label: t('Show keyboard shortcuts'),
			synonyms: t('keys hotkeys help bindings'),
			icon: Keyboard,
			shortcut: 'shortcuts',
			run: () => layout.set({ shortcuts: true }),
		},
		...listSettingsCommands(services),
		...listActivityCommands(services),
		...listServerCommands(services),
		...listOrganiseCommands(services, open?.conversation ?? null),
	];
	return commands.filter((command) => command !== null);
}

/** Runs the command for a key or a window menu item; does nothing if the command is unavailable. */
export function runCommand(services: Services, id: ShortcutId | WindowCommand): void {
	if (id === 'palette') services.layout.set({ palette: true });
	else if (id === 'branch-previous') switchBranch(services, -1);
	else if (id === 'branch-next') switchBranch(services, 1);
	else {
		const command = listCommands(services).find((one) => one.id === id);
		if (command !== undefined) runWithFocus(services, command.run);
	}
}

function focusSearch(services: Services): void {
	const ofSection = { datasets: '[data-sample-search]', activity: '[data-activity-search]' } as const;
	const { section } = services.layout.state.getState().route;
	const own =
		section === 'datasets' || section === 'activity' ? document.querySelector<HTMLElement>(ofSection[section]) : null;
	if (own !== null) {
		own.focus();
		return;
	}
	services.layout.go(chatRoute(services.thread.state.getState()));
	if (hasRoomForList()) services.layout.set({ listOpen: true });
	else services.layout.set({ listOverlay: true });
	const field = () => document.querySelector<HTMLElement>('[data-search]');
	// If the field already exists, it receives the very next key press.
	field()?.focus();
	requestAnimationFrame(() => field()?.focus());
}

function findInConversation({ layout, thread }: Services): void {
	if (layout.state.getState().route.section !== 'chat') layout.go(chatRoute(thread.state.getState()));
	layout.set({ finding: true });
	// If the bar is already open, select its text so that typing replaces it.
	document.querySelector<HTMLInputElement>('[data-find]')?.select();
}

function toggleList({ layout }: Services): void {
	const { listOpen, listOverlay } = layout.state.getState();
	if (hasRoomForList()) layout.set({ listOpen: !listOpen });
	else layout.set({ listOverlay: !listOverlay });
}
