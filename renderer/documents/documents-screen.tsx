import {
	Ellipsis,
	FileText,
	FileWarning,
	FolderOpen,
	LibraryBig,
	MessageSquare,
	Pencil,
	Plus,
	RotateCw,
	Settings2,
	Table2,
	Trash2,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Collection, Document, DocumentSource } from '../../electron/contract/documents/schema.ts';
import { Drawer } from '../app/drawer.tsx';
import { ListToggle } from '../app/list-toggle.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton, iconButtonClass } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount, formatPercent, formatTimeLeft } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useRowKeys } from '../design/use-row-keys.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { CollectionSettingsDialog } from './collection-settings-dialog.tsx';
import { askCollection, removeDocument, removeSource } from './document-actions.ts';
import { removeCollection } from './document-commands.ts';
import { DocumentSearchBar, SearchResults } from './document-search.tsx';
import { shownCollection } from './document-store.ts';
import { formatName, ReadingPane } from './reading-pane.tsx';

/** Width of the right pane, in px: enough to read a passage. */
const paneWidth = 420;

/** The open collection: its documents, a search in them, and the pane in which they are read. */
export function DocumentsScreen() {
	const { documents, layout } = useServices();
	const width = useWindowWidth();
	const collectionId = useStore(layout.state, ({ route }) =>
		route.section === 'documents' ? route.collectionId : null,
	);
	const status = useStore(documents.state, (state) => state.status);
	const shown = useStore(documents.state, shownCollection);
	const reads = useStore(documents.state, (state) => state.reading !== null);
	useEffect(() => {
		if (status === 'ready') void documents.open(collectionId);
	}, [documents, collectionId, status]);
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<Head collection={shown} />
				{shown === undefined ? <NoCollection /> : <Content collection={shown} />}
			</main>
			{width === 'wide' ? (
				reads ? (
					<aside
						aria-label={t('Document')}
						data-region
						style={{ width: paneWidth }}
						className="flex min-h-0 flex-none flex-col border-l border-line"
					>
						<ReadingPane />
					</aside>
				) : null
			) : (
				<Drawer open={reads} onClose={documents.closeReading} side="right" label={t('Document')} width={paneWidth}>
					<div className="flex min-h-0 flex-1 flex-col">
						<ReadingPane />
					</div>
				</Drawer>
			)}
		</>
	);
}

function Head({ collection }: { collection: Collection | undefined }) {
	const services = useServices();
	const { layout } = services;
	return (
		<ScreenHeader>
			<ListToggle />
			<ScreenTitle className="min-w-0 truncate" title={collection?.name}>
				{collection?.name ?? t('Documents')}
			</ScreenTitle>
			<span className="flex-1" />
			{collection === undefined ? null : (
				<>
					<CollectionMenu collection={collection} />
					{collection.documents === 0 ? null : (
						<Button icon={MessageSquare} onClick={() => void askCollection(services, collection.id)}>
							{t('Ask in a conversation')}
						</Button>
					)}
					{isEmpty(collection) ? null : (
						<Button kind="primary" icon={Plus} onClick={() => layout.set({ asked: { what: 'add-documents' } })}>
							{t('Add documents')}
						</Button>
					)}
				</>
			)}
		</ScreenHeader>
	);
}

function CollectionMenu({ collection }: { collection: Collection }) {
	const services = useServices();
	const { connection, documents } = services;
	const [asking, setAsking] = useState<'rename' | 'settings' | null>(null);
	return (
		<>
			<IconButton icon={Settings2} label={t('Collection settings')} onClick={() => setAsking('settings')} />
			<Menu
				trigger={
					<button type="button" aria-label={t('Collection actions')} className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				<MenuItem
					icon={RotateCw}
					onSelect={() =>
						void runOrToast(services, () =>
							connection.client.collections.refresh({ id: collection.id }).then(documents.refresh),
						)
					}
				>
					{t('Look for changed files')}
				</MenuItem>
				<MenuItem icon={Pencil} onSelect={() => setAsking('rename')}>
					{t('Rename')}
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removeCollection(services, collection)}>
					{t('Delete')}
				</MenuItem>
			</Menu>
			{asking === 'rename' ? (
				<NameDialog
					title={t('Rename collection')}
					verb={t('Rename')}
					name={collection.name}
					onClose={() => setAsking(null)}
					onName={(name) => documents.rename(collection.id, name)}
				/>
			) : null}
			{asking === 'settings' ? (
				<CollectionSettingsDialog collection={collection} onClose={() => setAsking(null)} />
			) : null}
		</>
	);
}

/** Its page shows how to add the first documents, so the header doesn't. */
function isEmpty({ documents, jobId }: Collection): boolean {
	return documents === 0 && jobId === null;
}

function Content({ collection }: { collection: Collection }) {
	const { documents, layout } = useServices();
	const searched = useStore(documents.state, ({ query }) => query.trim() !== '');
	if (isEmpty(collection)) {
		return (
			<EmptyState
				page
				icon={FileText}
				title={t('No documents yet')}
				actions={
					<Button
						data-region-focus
						kind="primary"
						icon={Plus}
						onClick={() => layout.set({ asked: { what: 'add-documents' } })}
					>
						{t('Add documents')}
					</Button>
				}
			>
				{t('Add files, a folder, a pasted text, a conversation or a column of a dataset.')}
			</EmptyState>
		);
	}
	return (
		<>
			<DocumentSearchBar />
			<Progress />
			<ModelOffer collection={collection} />
			{searched ? <SearchResults /> : <DocumentList collection={collection} />}
		</>
	);
}

/** Indexing that runs now, with the time it still takes. */
function Progress() {
	const services = useServices();
	const jobs = useStore(services.documents.state, (state) => state.jobs);
	const running = Object.values(jobs);
	if (running.length === 0) return null;
	return (
		<ul className="flex flex-none flex-col gap-2 px-5 pb-2">
			{running.map((job) => {
				const share = job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total);
				const name =
					job.kind === 'indexing'
						? t('Indexing {name}', { name: job.title })
						: t('Downloading {name}', { name: job.title });
				return (
					<li key={job.id} className="rounded-lg border border-line bg-sunken px-3.5 py-2.5">
						<div className="flex items-center gap-3">
							<span className="min-w-0 flex-1 truncate font-medium">{name}</span>
							<span className="text-xs text-ink-2 tabular-nums">
								{[
									share === null ? t('Starting') : formatPercent(share),
									job.secondsLeft === null ? null : formatTimeLeft(job.secondsLeft),
								]
									.filter((part) => part !== null)
									.join(' · ')}
							</span>
							<Button
								size="sm"
								kind="ghost"
								onClick={() =>
									void runOrToast(services, () => services.connection.client.jobs.cancel({ jobId: job.id }))
								}
							>
								{t('Stop')}
							</Button>
						</div>
						<ProgressBar className="mt-2" label={name} value={share} />
					</li>
				);
			})}
		</ul>
	);
}

/** Says that documents are found by words only, and what brings the search by meaning. */
function ModelOffer({ collection }: { collection: Collection }) {
	const services = useServices();
	const offered = useStore(services.documents.state, (state) => state.offered);
	const fetching = useStore(services.documents.state, ({ jobs }) =>
		Object.values(jobs).some(({ kind }) => kind === 'embedding-model'),
	);
	if (offered === null || !collection.settings.vectors || fetching) return null;
	return (
		<section
			aria-label={t('Search by meaning')}
			className="mx-5 mb-2 flex flex-none flex-wrap items-center gap-x-3 gap-y-1.5 rounded-lg border border-line bg-sunken px-3.5 py-2"
		>
			<p className="min-w-60 flex-1 text-ink-2">
				{t('Documents are found by their words. {name} ({size}, {licence}) also finds them by meaning.', {
					name: offered.name,
					size: formatBytes(offered.downloadBytes),
					licence: offered.licence,
				})}
			</p>
			<Button size="sm" onClick={() => void runOrToast(services, services.documents.fetchModel)}>
				{t('Download model')}
			</Button>
		</section>
	);
}

function DocumentList({ collection }: { collection: Collection }) {
	const services = useServices();
	const { documents } = services;
	const { documents: list, total, filter, sources, reading } = useStore(documents.state);
	const rowKeys = useRowKeys();
	if (list === null) return <Skeleton rows={8} className="p-5" />;
	const shownId = reading?.kind === 'document' ? reading.document.id : null;
	return (
		<div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5" {...rowKeys}>
			<Sources sources={sources} />
			<div className="flex flex-wrap items-center gap-3 pt-2 pb-1.5">
				<h2 className="font-semibold">{t('Documents')}</h2>
				{collection.failed === 0 ? null : (
					<Segmented
						label={t('Documents shown')}
						value={filter}
						onChange={(next) => void documents.filter(next)}
						options={[
							{ value: 'all', label: t('All'), count: formatCount(collection.documents) },
							{ value: 'failed', label: t('Can’t be read'), count: formatCount(collection.failed) },
						]}
					/>
				)}
				<span className="flex-1" />
				<span className="text-xs text-ink-3 tabular-nums">{describeCollection(collection)}</span>
			</div>
			<ul className="rounded-lg border border-line">
				{list.map((document) => (
					<DocumentRow
						key={document.id}
						document={document}
						isShown={document.id === shownId}
						onOpen={() => documents.readDocument(document)}
						onRemove={() => void removeDocument(services, document)}
					/>
				))}
				{list.length === 0 ? <li className="px-3 py-2.5 text-ink-3">{t('None')}</li> : null}
			</ul>
			{total > list.length ? (
				<Button size="sm" className="mt-3" onClick={() => void runOrToast(services, documents.more)}>
					{t('Show more ({left} left)', { left: formatCount(total - list.length) })}
				</Button>
			) : null}
		</div>
	);
}

function describeCollection({ chunks, vectors, embeddingModel }: Collection): string {
	const passages = t('{count, plural, one {{shown} passage} other {{shown} passages}}', {
		count: chunks,
		shown: formatCount(chunks),
	});
	if (embeddingModel === null || chunks === 0) return passages;
	return vectors >= chunks
		? `${passages} · ${embeddingModel.name}`
		: `${passages} · ${t('{shown} with a vector', { shown: formatCount(vectors) })}`;
}

const sourceIcons = {
	file: FileText,
	upload: FileText,
	text: FileText,
	folder: FolderOpen,
	conversation: MessageSquare,
	dataset: Table2,
} as const;

/** Folders and other places from which several documents come; single files are in the list already. */
function Sources({ sources }: { sources: readonly DocumentSource[] }) {
	const services = useServices();
	const places = sources.filter(({ kind }) => kind === 'folder' || kind === 'dataset');
	if (places.length === 0) return null;
	return (
		<section aria-label={t('Folders and datasets')} className="pt-1">
			<ul className="flex flex-wrap gap-1.5">
				{places.map((source) => {
					const name = source.path ?? `${t('Dataset')} · ${source.column ?? ''}`;
					return (
						<li
							key={source.id}
							className="flex h-7.5 max-w-full items-center gap-2 rounded-md border border-line pr-0.5 pl-2 text-xs"
						>
							<Icon of={sourceIcons[source.kind]} size={14} className="text-ink-3" />
							<span className="min-w-0 truncate" title={name}>
								{name}
							</span>
							<span className="flex-none text-ink-3 tabular-nums">
								{t('{count, plural, one {# document} other {# documents}}', { count: source.documents })}
							</span>
							{source.failure !== null ? (
								<span className="flex-none text-bad" title={source.failure.message}>
									{t('Not found', {}, 'a folder')}
								</span>
							) : source.watched ? (
								<span className="flex-none text-ink-3">{t('watched')}</span>
							) : null}
							<IconButton
								size="sm"
								icon={Trash2}
								label={t('Remove {name}', { name })}
								onClick={() => void removeSource(services, source, name)}
							/>
						</li>
					);
				})}
			</ul>
		</section>
	);
}

function DocumentRow({
	document,
	isShown,
	onOpen,
	onRemove,
}: {
	document: Document;
	isShown: boolean;
	onOpen: () => void;
	onRemove: () => void;
}) {
	const { title, path, format, pages, chunks, failure, state } = document;
	return (
		<li className="group flex items-center border-b border-line last:border-b-0 has-aria-[current]:bg-selected hover:bg-hover">
			<button
				type="button"
				data-row
				aria-current={isShown ? 'true' : undefined}
				onClick={onOpen}
				onKeyDown={(event) => {
					if (event.key === 'Delete') onRemove();
				}}
				className="flex min-w-0 flex-1 items-center gap-3 px-3 py-2 text-left focus-visible:-outline-offset-2"
			>
				<Icon
					of={failure === null ? FileText : FileWarning}
					size={16}
					className={failure === null ? 'text-ink-3' : 'text-bad'}
				/>
				<span className="min-w-0 flex-1">
					<span className="block truncate font-medium">{title}</span>
					<span className={`block truncate text-xs ${failure === null ? 'text-ink-3' : 'text-bad'}`}>
						{failure?.message ?? path ?? t('Pasted or uploaded')}
					</span>
				</span>
				<span className="flex flex-none items-center gap-2 text-xs text-ink-3 tabular-nums">
					{pages === null ? null : (
						<span className="max-[40rem]:hidden">
							{t('{count, plural, one {# page} other {# pages}}', { count: pages })}
						</span>
					)}
					{state === 'ready' ? (
						<span className="max-[40rem]:hidden">
							{t('{count, plural, one {# passage} other {# passages}}', { count: chunks })}
						</span>
					) : null}
					{format === null ? null : <Badge tone="plain">{formatName(format)}</Badge>}
					<StateBadge state={state} />
				</span>
			</button>
			<IconButton
				size="sm"
				icon={Trash2}
				label={t('Remove {name}', { name: title })}
				className="mr-2 opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
				onClick={onRemove}
			/>
		</li>
	);
}

function StateBadge({ state }: { state: Document['state'] }) {
	switch (state) {
		case 'ready':
			return <Badge tone="good">{t('Indexed')}</Badge>;
		case 'waiting':
			return <Badge tone="line">{t('Waiting')}</Badge>;
		case 'indexing':
			return <Badge tone="accent">{t('Being read')}</Badge>;
		case 'failed':
			return <Badge tone="bad">{t('Can’t be read')}</Badge>;
		case 'removed':
			return <Badge tone="plain">{t('Removed')}</Badge>;
	}
}

function NoCollection() {
	const { documents, layout } = useServices();
	const { status, failure } = useStore(documents.state);
	if (status === 'loading') return <Skeleton rows={6} className="p-5" />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load collections')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void documents.refresh()}>
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
			icon={LibraryBig}
			title={t('No collections yet')}
			actions={
				<Button kind="primary" onClick={() => layout.set({ asked: { what: 'new-collection' } })}>
					{t('Create a collection')}
				</Button>
			}
		>
			{t('A collection holds documents that answers can draw on. They are read on this computer and stay here.')}
		</EmptyState>
	);
}
