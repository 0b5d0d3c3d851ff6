import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import { CatalogueCard } from './catalogue-card.tsx';
import { Downloads, shownDownloads } from './downloads.tsx';

/** What can be fetched; fills the sheet under the tabs of Models. */
export function GetModels() {
	const { models } = useServices();
	const downloads = useStore(models.state, (state) => state.downloads);
	const catalogue = useStore(models.state, (state) => state.catalogue);
	const shown = shownDownloads(downloads);
	const offers = catalogue.filter(
		(entry) => !entry.installed && !shown.some(({ catalogueId }) => catalogueId === entry.id),
	);
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
			<Downloads />
			{offers.length > 0 ? (
				<section aria-label="Get a model" className="flex flex-col gap-2">
					<h2 className="text-xs font-medium text-ink-3">Get a model</h2>
					{offers.map((entry) => (
						<CatalogueCard key={entry.id} entry={entry} />
					))}
				</section>
			) : (
				<p className="text-ink-2">Every model of the list is on this computer.</p>
			)}
		</div>
	);
}
