import { ArrowDownToLine } from 'lucide-react';
import { useStore } from 'zustand';
import type { Download, DownloadRequest } from '../../../../electron/contract/model/download.ts';
import { toFailure } from '../../../connection/failure.ts';
import { Button } from '../../../design/button.tsx';
import { formatPercent } from '../../../design/format.ts';
import { useServices } from '../../../services.ts';

/** Fetches one file, or says that it is on its way or here. */
export function DownloadButton({
	name,
	request,
	here,
	matches,
	primary = false,
}: {
	/** For a screen reader: many of these stand on a page. */
	name: string;
	request: DownloadRequest;
	here: boolean;
	/** Whether a download is of this file. */
	matches: (download: Download) => boolean;
	primary?: boolean;
}) {
	const { models, settings, toasts } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const words = useStore(models.state, ({ downloads }) => {
		const own = downloads.findLast((one) => matches(one) && one.state !== 'cancelled' && one.state !== 'done');
		if (own === undefined) return null;
		if (own.state === 'failed') return 'Failed';
		if (own.state === 'paused') return 'Paused';
		return own.totalBytes === 0 ? 'Fetching' : formatPercent(own.receivedBytes / own.totalBytes);
	});
	if (here) return <span className="text-xs text-ink-3">Here</span>;
	if (words !== null) return <span className="text-xs text-ink-2 tabular-nums">{words}</span>;
	return (
		<Button
			size="sm"
			kind={primary ? 'primary' : 'secondary'}
			icon={ArrowDownToLine}
			aria-label={`Get ${name}`}
			blocked={blocked ? 'The network is blocked' : undefined}
			onClick={() => void models.fetch(request).catch((error: unknown) => toasts.fail(toFailure(error).message))}
		>
			Get
		</Button>
	);
}
