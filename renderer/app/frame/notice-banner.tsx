import { DatabaseBackup } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';

/** What happened to the database and what it means: it was restored, kept aside or opened read-only. */
export function NoticeBanner() {
	const { status, layout } = useServices();
	const notice = useStore(status, (now) => now?.notice ?? null);
	const [read, setRead] = useState<string | null>(null);
	if (notice === null || read === notice.message) return null;
	return (
		<section aria-label="Notice" className="flex flex-none items-start gap-2 bg-warn-soft py-1.5 pr-2 pl-5">
			<Icon of={DatabaseBackup} size={14} className="mt-[5px] text-warn" />
			<p className="min-w-0 flex-1 py-[3px] [overflow-wrap:anywhere]">
				<span className="font-medium">{notice.message}</span>{' '}
				<span className="text-ink-2">{notice.next.join('. ')}</span>
			</p>
			<Button size="sm" kind="ghost" onClick={() => layout.go({ section: 'settings', part: 'data' })}>
				Show backups
			</Button>
			<Button size="sm" kind="ghost" onClick={() => setRead(notice.message)}>
				Close
			</Button>
		</section>
	);
}
