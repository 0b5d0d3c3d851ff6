import { useStore } from 'zustand';
import type { Download } from '../../../electron/contract/model/download.ts';
import { useServices } from '../../services.ts';
import { DownloadCard, isRunning } from './download-card.tsx';

/** Downloads worth a look: what runs, and the last failure of what was asked for since. */
export function shownDownloads(downloads: readonly Download[]): readonly Download[] {
	return downloads.filter(
		(one) =>
			isRunning(one) ||
			(one.state === 'failed' && downloads.findLast(({ catalogueId }) => catalogueId === one.catalogueId) === one),
	);
}

/** The downloads under way, one card each; nothing where there are none. */
export function Downloads() {
	const { models } = useServices();
	const downloads = useStore(models.state, (state) => state.downloads);
	return shownDownloads(downloads).map((download) => <DownloadCard key={download.id} download={download} />);
}
