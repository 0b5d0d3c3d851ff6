import { Ellipsis, PanelRight, Search } from 'lucide-react';
import { useStore } from 'zustand';
import { ListToggle, useListHidden } from '../../app/frame/list-toggle.tsx';
import { formatShortcut } from '../../app/keys.ts';
import { useWindowWidth } from '../../app/media.ts';
import { Badge } from '../../design/badge.tsx';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { openNewConversation } from '../actions.ts';
import { Composer } from '../composer/composer.tsx';
import { FindBar } from '../find/find-bar.tsx';
import { ConversationMenuItems } from '../list/conversation-menu.tsx';
import { RenameField } from '../list/rename-field.tsx';
import { ConversationTags } from '../organise/conversation-tags.tsx';
import { PinButton } from '../organise/pin-button.tsx';
import { shownConversationId, shownMessages } from '../thread-state.ts';
import { TrashNotice } from '../trash/trash-notice.tsx';
import { ScreenReaderRegion } from './live-region.tsx';
import { NewConversation } from './new-conversation.tsx';
import { OriginLine } from './origin-line.tsx';
import { TemporaryToggle } from './temporary-toggle.tsx';
import { ThreadView } from './thread-view.tsx';
import { Unanswered } from './unanswered.tsx';

/** The conversation on the screen: head, messages, composer. */
export function ThreadPane() {
	const services = useServices();
	const { thread } = services;
	const state = useStore(thread.state);
	return (
		<>
			<ThreadHead />
			<OriginLine />
			<Find />
			{state.status === 'ready' ? (
				<ThreadView key={state.conversation.id} messages={state.messages} />
			) : state.status === 'temporary' && state.messages.length > 0 ? (
				<ThreadView key="temporary" messages={state.messages} />
			) : state.status === 'new' || state.status === 'temporary' ? (
				<NewConversation />
			) : state.status === 'failed' ? (
				<div className="mx-auto w-full max-w-(--reading) flex-1 px-6 pt-10">
					<FailureCard
						title="This conversation could not be opened"
						failure={state.failure}
						actions={
							<>
								<Button size="sm" onClick={() => void thread.refresh()}>
									Try again
								</Button>
								<Button size="sm" kind="ghost" onClick={() => openNewConversation(services)}>
									New conversation
								</Button>
							</>
						}
					/>
				</div>
			) : (
				<div className="flex-1" />
			)}
			<Unanswered />
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
	const { layout, settings, thread } = useServices();
	const width = useWindowWidth();
	const conversation = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation : null));
	const temporary = useStore(thread.state, ({ status }) => status === 'temporary');
	const renaming = useStore(layout.state, (state) => conversation !== null && state.renaming === conversation.id);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const inspectorShown = width === 'wide' && inspectorOpen;
	const listHidden = useListHidden();
	return (
		<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
			<ListToggle />
			{conversation !== null && renaming && listHidden ? (
				<RenameField conversation={conversation} large />
			) : (
				<h1 className="truncate text-[14px] font-semibold tracking-[-0.006em]" title={conversation?.title}>
					{conversation?.title ?? (temporary ? 'Temporary conversation' : 'New conversation')}
				</h1>
			)}
			{temporary ? <Badge tone="line">Not saved</Badge> : null}
			{conversation === null ? null : <ConversationTags conversation={conversation} />}
			<span className="flex-1" />
			{conversation === null || conversation.deletedAt !== null ? null : <PinButton conversation={conversation} />}
			<TemporaryToggle />
			{conversation === null ? null : (
				<Menu
					trigger={
						<button type="button" aria-label="Conversation actions" className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem icon={Search} keys={formatShortcut('find')} onSelect={() => layout.set({ finding: true })}>
						Find in this conversation
					</MenuItem>
					<MenuLine />
					<ConversationMenuItems conversation={conversation} />
				</Menu>
			)}
			<IconButton
				icon={PanelRight}
				label={inspectorShown ? 'Hide settings pane' : 'Show settings pane'}
				keys={formatShortcut('toggle-inspector')}
				aria-pressed={inspectorShown}
				onClick={() =>
					width === 'wide' ? settings.change({ inspectorOpen: !inspectorOpen }) : layout.set({ inspectorOverlay: true })
				}
			/>
		</header>
	);
}
