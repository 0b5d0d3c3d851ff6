import { Box, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { SheetOverlay } from '../app/frame/sheet-overlay.tsx';
import { useWidth } from '../app/media.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/state/empty-state.tsx';
import { FailureCard } from '../design/state/failure-card.tsx';
import { Skeleton } from '../design/state/skeleton.tsx';
import { useServices } from '../services.ts';
import { AddModelDialog } from './add-model-dialog.tsx';
import { CatalogueCard } from './catalogue-card.tsx';
import { DownloadCard, isRunning } from './download-card.tsx';
import { ModelInspector } from './model-inspector.tsx';
import { ModelTable } from './model-table.tsx';
import { RemoveModelDialog } from './remove-model-dialog.tsx';

/** What is on this computer, what is on its way, and what can be fetched. */
export function ModelsScreen() {
	const { models } = useServices();
	const wide = useWidth() === 'wide';
	const status = useStore(models.state, (state) => state.status);
	const failure = useStore(models.state, (state) => state.failure);
	const files = useStore(models.state, (state) => state.models);
	const downloads = useStore(models.state, (state) => state.downloads);
	const catalogue = useStore(models.state, (state) => state.catalogue);
	const [adding, setAdding] = useState(false);
	const [removing, setRemoving] = useState<number | null>(null);
	const [chosen, setChosen] = useState<number | null>(null);
	const selected =
		files.find(({ id }) => id === chosen) ?? (wide ? (files.find((file) => file.default) ?? files[0]) : undefined);
	const shownDownloads = downloads.filter(
		(one) =>
			isRunning(one) ||
			(one.state === 'failed' && downloads.findLast(({ catalogueId }) => catalogueId === one.catalogueId) === one),
	);
	const offers = catalogue.filter(
		(entry) => !entry.installed && !shownDownloads.some(({ catalogueId }) => catalogueId === entry.id),
	);
	const inspector = selected ? (
		<ModelInspector
			key={selected.id}
			model={selected}
			onRemove={() => setRemoving(selected.id)}
			onClose={wide ? undefined : () => setChosen(null)}
		/>
	) : null;
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
					<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Models</h1>
					<span className="flex-1" />
					<Button icon={Plus} onClick={() => setAdding(true)}>
						Add file
					</Button>
				</header>
				<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
					{status === 'failed' && failure !== null ? (
						<FailureCard
							title="The library could not be read"
							failure={failure}
							actions={
								<Button size="sm" onClick={() => void models.refresh()}>
									Try again
								</Button>
							}
						/>
					) : null}
					{status === 'loading' ? <Skeleton rows={4} /> : null}
					{shownDownloads.map((download) => (
						<DownloadCard key={download.id} download={download} />
					))}
					{files.length > 0 ? (
						<ModelTable selected={selected?.id ?? null} onSelect={setChosen} onRemove={setRemoving} />
					) : status === 'ready' && shownDownloads.length === 0 ? (
						<EmptyState
							icon={Box}
							title="No models yet"
							actions={
								<Button icon={Plus} onClick={() => setAdding(true)}>
									Add file
								</Button>
							}
						>
							A model is one GGUF file. Fetch one below, or use a file that is already on this computer.
						</EmptyState>
					) : null}
					{offers.length > 0 ? (
						<section aria-label="Get a model" className="flex flex-col gap-2">
							<h2 className="text-xs font-medium text-ink-3">Get a model</h2>
							{offers.map((entry) => (
								<CatalogueCard key={entry.id} entry={entry} />
							))}
						</section>
					) : null}
				</div>
			</main>
			{wide ? (
				inspector === null ? null : (
					<aside
						aria-label="Model"
						data-region
						className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
					>
						{inspector}
					</aside>
				)
			) : (
				<SheetOverlay open={inspector !== null} onClose={() => setChosen(null)} side="right" label="Model">
					{inspector}
				</SheetOverlay>
			)}
			<AddModelDialog open={adding} onClose={() => setAdding(false)} onAdded={setChosen} />
			<RemoveModelDialog model={files.find(({ id }) => id === removing) ?? null} onClose={() => setRemoving(null)} />
		</>
	);
}
