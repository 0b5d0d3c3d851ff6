import {
	Archive,
	CornerDownRight,
	Ellipsis,
	Folder,
	MessageSquareDashed,
	PanelRight,
	Pin,
	PinOff,
	RotateCcw,
	Save,
	Search,
	Split,
	Trash2,
} from 'lucide-react';
import { useStore } from 'zustand';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { formatShortcut } from '../../app/keyboard/key-bindings.ts';
import { ListToggle, useListHidden } from '../../app/list-toggle.tsx';
import { hasRoomForList } from '../../app/use-window-width.ts';
import { Badge } from '../../design/badge.tsx';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { ScreenHeader, ScreenTitle } from '../../design/headers.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { useServices } from '../../services.ts';
import {
	keepTemporaryConversation,
	openNewConversation,
	openTemporaryConversation,
	useBlockedReason,
} from '../actions.ts';
import { Composer } from '../composer/composer.tsx';
import { ConversationMenuItems } from '../list/conversation-menu.tsx';
import { RenameField } from '../list/rename-field.tsx';
import { pinConversations } from '../organise/change-conversations.ts';
import { SummaryDialog } from '../overflow/summary-dialog.tsx';
import { toggleSettingsPane, useSettingsPaneShown } from '../settings-pane.ts';
import { restoreConversations } from '../trash-actions.ts';
import { FindBar } from './find-bar.tsx';
import { NewConversation } from './new-conversation.tsx';
import { ScreenReaderRegion } from './screen-reader-region.tsx';
import { isWriting, shownConversation, shownConversationId, shownMessages } from './thread-state.ts';
import { ThreadView } from './thread-view.tsx';

/** The conversation on the screen: header, messages and composer. */
export function ThreadPane() {
	const services = useServices();
	const { thread } = services;
	const state = useStore(thread.state);
	return (
		<>
			<ThreadHead />
			<OriginLine />
			<Find />
			<SummaryDialog />
			{state.status === 'ready' ? (
				<ThreadView key={state.conversation.id} messages={state.messages} />
			) : state.status === 'temporary' && state.messages.length > 0 ? (
				<ThreadView key="temporary" messages={state.messages} />
			) : state.status === 'new' || state.status === 'temporary' ? (
				<NewConversation />
			) : state.status === 'failed' ? (
				<div className="mx-auto w-full max-w-(--reading) flex-1 px-6 pt-10">
					<FailureCard
						title={t('Couldn’t open this conversation')}
						failure={state.failure}
						actions={
							<>
								<Button size="sm" onClick={() => void thread.refresh()}>
									{t('Try again')}
								</Button>
								<Button size="sm" kind="ghost" onClick={() => openNewConversation(services)}>
									{t('New conversation')}
								</Button>
							</>
						}
					/>
				</div>
			) : (
				<div className="flex-1" />
			)}
			<UnansweredNotice />
			<ScreenReaderRegion />
			{state.status === 'ready' && state.conversation.deletedAt !== null ? <TrashNotice /> : <Composer />}
		</>
	);
}

function Find() {
	const { layout, thread } = useServices();
	const finding = useStore(layout.state, (state) => state.finding);
	const written = useStore(thread.state, (state) => shownMessages(state).length > 0);
	const id = useStore(thread.state, shownConversationId);
	return finding && written ? <FindBar key={id} /> : null;
}

function ThreadHead() {
	const services = useServices();
	const { layout, thread } = services;
	const conversation = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation : null));
	const temporary = useStore(thread.state, ({ status }) => status === 'temporary');
	const renaming = useStore(layout.state, (state) => conversation !== null && state.renaming === conversation.id);
	const inspectorShown = useSettingsPaneShown();
	const listHidden = useListHidden();
	return (
		<ScreenHeader>
			<ListToggle />
			{conversation !== null && renaming && listHidden ? (
				<RenameField conversation={conversation} large />
			) : (
				<ScreenTitle className="truncate" title={conversation?.title}>
					{conversation?.title ?? (temporary ? t('Temporary conversation') : t('New conversation'))}
				</ScreenTitle>
			)}
			{temporary ? <Badge tone="line">{t('Not saved')}</Badge> : null}
			{conversation === null ? null : <ConversationTags conversation={conversation} />}
			<span className="flex-1" />
			{conversation === null || conversation.deletedAt !== null ? null : <PinButton conversation={conversation} />}
			<TemporaryToggle />
			<KeepTemporary />
			{conversation === null ? null : (
				<Menu
					trigger={
						<button type="button" aria-label={t('Conversation actions')} className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem icon={Search} keys={formatShortcut('find')} onSelect={() => layout.set({ finding: true })}>
						{t('Find in this conversation')}
					</MenuItem>
					<MenuLine />
					<ConversationMenuItems conversation={conversation} />
				</Menu>
			)}
			<IconButton
				icon={PanelRight}
				label={inspectorShown ? t('Hide settings pane') : t('Show settings pane')}
				keys={formatShortcut('toggle-inspector')}
				aria-pressed={inspectorShown}
				onClick={() => toggleSettingsPane(services)}
			/>
		</ScreenHeader>
	);
}

/** Shown under the header of a branched conversation, with a link to its origin. */
function OriginLine() {
	const { layout, thread } = useServices();
	const origin = useStore(thread.state, (state) => (state.status === 'ready' ? state.origin : null));
	if (origin === null) return null;
	return (
		<p className="flex flex-none items-center gap-1.5 border-b border-line px-5 py-1.5 text-xs text-ink-2">
			<Icon of={Split} size={14} className="text-ink-3" />
			<Trans
				text="<words>Branched from</words> {link}"
				values={{
					words: (words) => <span className="flex-none">{words}</span>,
					link: (
						<a
							href={`#/chat/${origin.conversationId}`}
							className="truncate text-accent-ink no-underline hover:underline"
							onClick={(event) => {
								event.preventDefault();
								layout.set({ target: origin.messageId });
								layout.go({ section: 'chat', conversationId: origin.conversationId });
							}}
						>
							{origin.title}
						</a>
					),
				}}
			/>
		</p>
	);
}

/**
 * Chooses, before the first message, whether the conversation is stored. Hidden afterwards, because it can't be changed
 * then.
 */
function TemporaryToggle() {
	const services = useServices();
	const kind = useStore(services.thread.state, (state) => {
		if (state.status === 'new') return 'kept';
		return state.status === 'temporary' && state.messages.length === 0 ? 'temporary' : null;
	});
	if (kind === null) return null;
	const temporary = kind === 'temporary';
	return (
		<IconButton
			icon={MessageSquareDashed}
			label={temporary ? t('Make it permanent') : t('Make it temporary')}
			keys={temporary ? formatShortcut('new-conversation') : formatShortcut('temporary-conversation')}
			aria-pressed={temporary}
			onClick={() => (temporary ? openNewConversation(services) : openTemporaryConversation(services))}
		/>
	);
}

/** Stores a temporary conversation after all. */
function KeepTemporary() {
	const services = useServices();
	const shown = useStore(services.thread.state, (now) => now.status === 'temporary' && now.messages.length > 0);
	const writing = useStore(services.thread.state, isWriting);
	if (!shown) return null;
	return (
		<Button
			size="sm"
			icon={Save}
			blocked={writing ? t('An answer is being written') : undefined}
			onClick={() => void keepTemporaryConversation(services)}
		>
			{t('Save conversation')}
		</Button>
	);
}

/** A branch may end in an unanswered message; offers to answer it. */
function UnansweredNotice() {
	const { thread } = useServices();
	const blocked = useBlockedReason();
	const question = useStore(thread.state, (state) => {
		if (state.status !== 'ready' || isWriting(state)) return null;
		const last = state.messages.at(-1);
		return last?.role === 'user' ? last.id : null;
	});
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	if (question === null || sending) return null;
	return (
		<div className="mx-auto flex w-full max-w-[calc(var(--reading)+48px)] flex-none items-center justify-end gap-2 px-6 pb-3 text-xs text-ink-3">
			{t('Not answered yet')}
			<Button
				size="sm"
				icon={CornerDownRight}
				blocked={blocked ?? undefined}
				onClick={() => void thread.regenerate(question)}
			>
				{t('Answer', {}, 'to write one')}
			</Button>
		</div>
	);
}

/** Pins the conversation on the screen to the top of the list. */
function PinButton({ conversation: { id, pinnedAt } }: { conversation: Conversation }) {
	const services = useServices();
	const pinned = pinnedAt !== null;
	return (
		<IconButton
			icon={pinned ? PinOff : Pin}
			label={pinned ? t('Unpin') : t('Pin')}
			aria-pressed={pinned}
			onClick={() => void pinConversations(services, [id], !pinned)}
		/>
	);
}

/**
 * Next to the title: the conversation's folder or archive and its tags; a tag links to all conversations that have it.
 */
function ConversationTags({ conversation }: { conversation: Conversation }) {
	const { layout, organisation } = useServices();
	const overview = useStore(organisation.state, (state) => state.overview);
	const folder = overview?.folders.find(({ id }) => id === conversation.folderId);
	const tags = overview?.tags.filter(({ id }) => conversation.tagIds.includes(id)) ?? [];
	return (
		<div className="flex h-6 min-w-0 flex-wrap items-center gap-1 overflow-hidden max-md:hidden">
			{conversation.archivedAt === null ? null : (
				<Badge tone="plain" icon={Archive}>
					{t('Archived')}
				</Badge>
			)}
			{folder === undefined ? null : (
				<Badge tone="plain" icon={Folder}>
					<span className="max-w-32 truncate leading-4">{folder.name}</span>
				</Badge>
			)}
			{tags.map(({ id, name }) => (
				<button
					key={id}
					type="button"
					title={t('Show all with the tag {name}', { name })}
					onClick={() => {
						organisation.show({ kind: 'tag', tagId: id });
						layout.set(hasRoomForList() ? { listOpen: true } : { listOverlay: true });
					}}
					className="inline-flex h-6 min-w-6 flex-none items-center rounded-sm px-[7px] text-xs font-medium text-ink-2 inset-ring inset-ring-line-strong hover:bg-hover"
				>
					<span className="max-w-32 truncate">{name}</span>
				</button>
			))}
		</div>
	);
}

/** Replaces the composer if the conversation is in the trash. */
function TrashNotice() {
	const services = useServices();
	const conversation = useStore(services.thread.state, shownConversation);
	if (conversation === null) return null;
	return (
		<div className="flex-none px-6 pb-4">
			<div
				role="status"
				className="mx-auto flex max-w-[calc(var(--reading)+24px)] items-center gap-2 rounded-lg border border-line bg-sunken py-2 pr-2 pl-3 text-ink-2"
			>
				<Icon of={Trash2} size={14} className="text-ink-3" />
				<p className="min-w-0 flex-1">
					<Trans
						text="<b>This conversation is in the trash.</b> Restore it to continue."
						values={{ b: (words) => <b className="font-medium text-ink">{words}</b> }}
					/>
				</p>
				<Button size="sm" icon={RotateCcw} onClick={() => void restoreConversations(services, [conversation.id])}>
					{t('Restore')}
				</Button>
			</div>
		</div>
	);
}
