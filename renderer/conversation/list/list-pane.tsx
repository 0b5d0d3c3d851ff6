import { Ellipsis, FileInput, FileOutput, FolderPlus, SquarePen, Tag } from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../../app/keys.ts';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuSub } from '../../design/menu.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { SearchField } from '../../search/search-field.tsx';
import { SearchResults } from '../../search/search-results.tsx';
import { useServices } from '../../services.ts';
import { openNewConversation } from '../actions.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ConversationRows } from './conversation-rows.tsx';
import { ArchiveAndTrashLinks } from './put-away.tsx';
import { ViewHead } from './view-head.tsx';

/** The conversations: search on top, newest groups below. */
export function ConversationListPane() {
	const services = useServices();
	return (
		<div data-list className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">Chat</h2>
				<Menu
					trigger={
						<button type="button" aria-label="More actions" className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<TagChoice />
					<MenuItem icon={FileInput} onSelect={services.importExport.showImport}>
						Import conversations
					</MenuItem>
					<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport([])}>
						Export all conversations
					</MenuItem>
				</Menu>
				<IconButton
					icon={FolderPlus}
					label="New folder"
					onClick={() => services.organisation.ask({ what: 'folder', for: 'new', ids: [] })}
				/>
				<IconButton
					icon={SquarePen}
					label="New conversation"
					keys={formatShortcut('new-conversation')}
					onClick={() => openNewConversation(services)}
				/>
			</header>
			<SearchField />
			<ViewHead />
			<ListBody />
			<ListFoot />
		</div>
	);
}

/** Shows what carries a tag; there only where there are tags. */
function TagChoice() {
	const { organisation } = useServices();
	const tags = useStore(organisation.state, ({ overview }) => overview?.tags) ?? [];
	if (tags.length === 0) return null;
	return (
		<MenuSub icon={Tag} label="Show a tag">
			{tags.map(({ id, name, conversations }) => (
				<MenuItem
					key={id}
					keys={formatCount(conversations)}
					onSelect={() => organisation.show({ kind: 'tag', tagId: id })}
				>
					{name}
				</MenuItem>
			))}
		</MenuSub>
	);
}

function ListFoot() {
	const { selection } = useServices();
	const selecting = useStore(selection.state, ({ ids }) => ids.size > 0);
	return selecting ? <BulkBar /> : <ArchiveAndTrashLinks />;
}

function ListBody() {
	const { conversations, search } = useServices();
	const searching = useStore(search.state, (state) => state.status !== 'off');
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
