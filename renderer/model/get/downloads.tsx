import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import { DownloadCard } from './download-card.tsx';

/** What is on its way, one card each, oldest first, and what has come since one last looked; nothing where there is none. */
export function Downloads() {
	const { models } = useServices();
	const downloads = useStore(models.state, (state) => state.downloads);
	const seen = useStore(models.hub.state, (state) => state.seen);
	return downloads
		.filter(({ id, state }) => state !== 'cancelled' && !(state === 'done' && seen.has(id)))
		.map((download) => <DownloadCard key={download.id} download={download} />);
}
