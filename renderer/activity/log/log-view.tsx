import { ListFilter, ScrollText } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { formatQuantity } from '../../design/format.ts';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { allEntries, isNarrowed } from './filter.ts';
import { LogFilterBar } from './filter-bar.tsx';
import { LogTable } from './log-table.tsx';

/** The log with its filters, or why there is nothing to see. */
export function LogView() {
	const { activityLog: log, layout } = useServices();
	const status = useStore(log.state, (state) => state.status);
	const failure = useStore(log.state, (state) => state.failure);
	const total = useStore(log.state, (state) => state.total);
	const narrowed = useStore(log.state, (state) => isNarrowed(state.filter));
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title="The log could not be read"
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void log.refresh()}>
							Try again
						</Button>
					}
				/>
			</div>
		);
	}
	if (total === null) return <Skeleton rows={8} className="p-5" />;
	if (total === 0 && !narrowed) {
		return (
			<EmptyState
				page
				icon={ScrollText}
				title="Nothing has happened yet"
				actions={<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>Go to Chat</Button>}
			>
				Answers with what they took, models that are loaded or crash, downloads and every request over the network are
				listed here as they happen. The log stays on this computer, for 90 days.
			</EmptyState>
		);
	}
	return (
		<>
			<LogFilterBar />
			<p role="status" className="sr-only">
				{formatQuantity(total, 'entry', 'entries')}
			</p>
			{total > 0 ? (
				<LogTable />
			) : (
				<EmptyState
					icon={ListFilter}
					title="No entry fits"
					actions={
						<Button
							onClick={() => {
								log.change(allEntries);
								layout.go({ section: 'activity', part: null });
							}}
						>
							Show the whole log
						</Button>
					}
				>
					Things have happened, but none that the filter leaves.
				</EmptyState>
			)}
		</>
	);
}
