import { Ellipsis, FileInput, Search, SquarePen, X } from 'lucide-react';
import { useStore } from 'zustand';
import { keysOf } from '../../app/keys.ts';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Kbd } from '../../design/kbd.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { importConversations, newConversation } from '../actions.ts';
import { ConversationRows } from './conversation-rows.tsx';
import { SearchResults } from './search-results.tsx';
import { useSearchText } from './use-search-text.ts';

/** The conversations: search on top, newest groups below. */
export function ListPane() {
	const services = useServices();
	const { text, setText } = useSearchText();
	return (
		<>
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Chat</h2>
				<Menu
					trigger={
						<button type="button" aria-label="More actions" className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem icon={FileInput} onSelect={() => importConversations(services)}>
						Import conversations
					</MenuItem>
				</Menu>
				<IconButton
					icon={SquarePen}
					label="New conversation"
					keys={keysOf('new-conversation')}
					onClick={() => newConversation(services)}
				/>
			</header>
			<search className="mx-1 mb-0.5 flex h-7.5 flex-none items-center gap-1.5 rounded-md bg-hover px-2 focus-within:outline-2 focus-within:outline-focus">
				<Icon of={Search} size={14} className="text-ink-3" />
				<input
					data-search
					type="text"
					value={text}
					placeholder="Search conversations"
					aria-label="Search conversations"
					autoComplete="off"
					spellCheck={false}
					onChange={(event) => setText(event.target.value)}
					onKeyDown={(event) => {
						if (event.key === 'Escape' && text !== '') {
							event.stopPropagation();
							setText('');
						}
					}}
					className="min-w-0 flex-1 bg-transparent text-ellipsis outline-none"
				/>
				{text === '' ? (
					<Kbd className="bg-transparent">{keysOf('search')}</Kbd>
				) : (
					<button
						type="button"
						aria-label="Clear the search"
						onClick={() => setText('')}
						className="-mr-1 grid size-5 place-items-center rounded-sm text-ink-3 hover:bg-hover"
					>
						<Icon of={X} size={14} />
					</button>
				)}
			</search>
			<ListBody />
		</>
	);
}

function ListBody() {
	const { conversations } = useServices();
	const searching = useStore(conversations.state, ({ search }) => search.status !== 'off');
	const status = useStore(conversations.state, (state) => state.status);
	const failure = useStore(conversations.state, (state) => state.failure);
	if (searching) return <SearchResults />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-1">
				<FailureCard
					title="The conversations could not be read"
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void conversations.refresh()}>
							Try again
						</Button>
					}
				/>
			</div>
		);
	}
	return <ConversationRows />;
}
