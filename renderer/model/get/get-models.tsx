import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import { CuratedList } from './curated-list.tsx';
import { Downloads } from './downloads.tsx';
import { OfflineCard } from './offline-card.tsx';
import { HubResults } from './results.tsx';
import { HubSearchBar } from './search-bar.tsx';

/** What is on its way, and what can be fetched: a short list, and the hub's search. Fills the sheet under the tabs. */
export function DownloadTab() {
	const { models } = useServices();
	const searched = useStore(models.hub.state, (state) => state.searched);
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
			<HubSearchBar />
			<OfflineCard />
			<Downloads />
			{searched === null ? <CuratedList /> : <HubResults />}
		</div>
	);
}
