import {
	Archive,
	ArrowLeft,
	Ellipsis,
	FileInput,
	FileOutput,
	FilePlus2,
	FolderPlus,
	Pencil,
	SquarePen,
	Tag,
	Tag as TagIcon,
	Tags,
	Trash,
} from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../../app/keyboard/key-bindings.ts';
import { formatRoute } from '../../app/route.ts';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { SearchField } from '../../search/search-field.tsx';
import { SearchResults } from '../../search/search-results.tsx';
import { useServices } from '../../services.ts';
import { ListSwitch } from '../../writing/list-switch.tsx';
import { openNewPage } from '../../writing/page-actions.ts';
import { openNewConversation } from '../actions.ts';
import { removeTag } from '../organise/change-folders-and-tags.ts';
import { BulkBar } from './bulk-actions.tsx';
import { ConversationRows } from './conversation-rows.tsx';

/** The list of conversations: search on top, then the groups, newest first. */
export function ConversationListPane() {
	const services = useServices();
	return (
		<div data-list className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">{t('Chat')}</h2>
				<Menu
					trigger={
						<button type="button" aria-label={t('More actions')} className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<TagChoice />
					<MenuItem icon={FileInput} onSelect={services.importExport.showImport}>
						{t('Import conversations')}
					</MenuItem>
					<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport([])}>
						{t('Export all conversations')}
					</MenuItem>
				</Menu>
				<IconButton icon={FilePlus2} label={t('New page')} onClick={() => void openNewPage(services)} />
				<IconButton
					icon={FolderPlus}
					label={t('New folder')}
					onClick={() => services.organisation.ask({ what: 'folder', for: 'new', ids: [] })}
				/>
				<IconButton
					icon={SquarePen}
					label={t('New conversation')}
					keys={formatShortcut('new-conversation')}
					onClick={() => openNewConversation(services)}
				/>
			</header>
			<ListSwitch />
			<SearchField />
			<ViewHead />
			<div className="flex min-h-0 flex-1 flex-col">
				<ListBody />
			</div>
			<ListFoot />
		</div>
	);
}

/** Filters the list by tag; hidden if there are no tags. */
function TagChoice() {
	const { organisation } = useServices();
	const tags = useStore(organisation.state, ({ overview }) => overview?.tags) ?? [];
	if (tags.length === 0) return null;
	return (
		<MenuSub icon={Tag} label={t('Filter by tag')}>
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
					title={t('Couldn’t load the conversations')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void conversations.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	return <ConversationRows />;
}

const entry =
	'flex h-7.5 min-w-0 flex-1 items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink aria-pressed:bg-selected aria-pressed:font-medium aria-pressed:text-ink';

/** Links below the list to the archive and the trash. */
function ArchiveAndTrashLinks() {
	const { layout, organisation } = useServices();
	const archived = useStore(organisation.state, ({ overview }) => overview?.archived ?? 0);
	const inTrash = useStore(organisation.state, ({ overview }) => overview?.inTrash ?? 0);
	const archiveShown = useStore(organisation.state, ({ view }) => view.kind === 'archive');
	const trashShown = useStore(layout.state, ({ route }) => route.section === 'trash');
	return (
		<nav aria-label={t('Archive and trash')} className="mb-1.5 flex flex-none gap-0.5 border-t border-line pt-1.5">
			<button
				type="button"
				aria-pressed={archiveShown}
				onClick={() => organisation.show(archiveShown ? { kind: 'home' } : { kind: 'archive' })}
				className={entry}
			>
				<Icon of={Archive} size={14} className="text-ink-3" />
				<span className="flex-1">{t('Archive', {}, 'the place')}</span>
				<Count of={archived} />
			</button>
			<a
				href={formatRoute({ section: 'trash' })}
				aria-current={trashShown ? 'page' : undefined}
				onClick={(event) => {
					event.preventDefault();
					layout.go({ section: 'trash' });
				}}
				className={entry}
			>
				<Icon of={Trash} size={14} className="text-ink-3" />
				<span className="flex-1">{t('Trash')}</span>
				<Count of={inTrash} />
			</a>
		</nav>
	);
}

function Count({ of: value }: { of: number }) {
	return value === 0 ? null : (
		<span className="text-2xs font-normal text-ink-3 tabular-nums">{formatCount(value)}</span>
	);
}

/** Header above the archive and above a tag's conversations: the name of the view, and a way back. */
function ViewHead() {
	const services = useServices();
	const { organisation } = services;
	const view = useStore(organisation.state, (state) => state.view);
	const overview = useStore(organisation.state, (state) => state.overview);
	if (view.kind === 'home' || overview === null) return null;
	const tag = view.kind === 'tag' ? overview.tags.find(({ id }) => id === view.tagId) : undefined;
	const total = view.kind === 'archive' ? overview.archived : (tag?.conversations ?? 0);
	return (
		<div className="mt-1 flex flex-none items-center gap-1">
			<IconButton
				icon={ArrowLeft}
				label={t('Back to all conversations')}
				onClick={() => organisation.show({ kind: 'home' })}
			/>
			{tag === undefined ? null : <Icon of={TagIcon} size={14} className="text-ink-3" />}
			<h3 className="min-w-0 flex-1 truncate font-semibold" title={tag?.name}>
				{tag?.name ?? t('Archive', {}, 'the place')}
			</h3>
			<span
				role="img"
				aria-label={t('{count, plural, one {# conversation} other {# conversations}}', { count: total })}
				className={`text-2xs text-ink-3 tabular-nums ${tag === undefined ? 'pr-2' : ''}`}
			>
				{formatCount(total)}
			</span>
			{tag === undefined ? null : (
				<Menu
					trigger={
						<button
							type="button"
							aria-label={t('Actions for the tag {name}', { name: tag.name })}
							className={iconButtonClass()}
						>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem
						icon={Pencil}
						onSelect={() => organisation.ask({ what: 'tag', for: 'rename', id: tag.id, name: tag.name })}
					>
						{t('Rename')}
					</MenuItem>
					<MenuLine />
					<MenuItem icon={Tags} danger onSelect={() => void removeTag(services, tag)}>
						{t('Remove from all')}
					</MenuItem>
				</Menu>
			)}
		</div>
	);
}
