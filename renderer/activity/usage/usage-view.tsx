import { ChartNoAxesColumn } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { Segmented } from '../../design/field/segmented.tsx';
import { formatQuantity } from '../../design/format.ts';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { UsageByDayChart } from './day-chart.tsx';
import { UsageByModelTable } from './model-table.tsx';
import type { UsagePeriod } from './usage.ts';

/** What answers took over the last days: by day, and by model. */
export function UsageView() {
	const { activityUsage: store, layout } = useServices();
	const { usage, failure, days } = useStore(store.state);
	if (failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title="The usage could not be read"
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void store.refresh()}>
							Try again
						</Button>
					}
				/>
			</div>
		);
	}
	if (usage === null) return <Skeleton rows={6} className="p-5" />;
	const answers = usage.days.reduce((sum, day) => sum + day.answers, 0);
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-5 py-3.5">
			<div className="flex flex-wrap items-center gap-3">
				<Segmented
					label="Stretch"
					value={String(days)}
					onChange={(value) => store.choose(Number(value) as UsagePeriod)}
					options={[7, 30, 90].map((value) => ({ value: String(value), label: `${value} days` }))}
				/>
				<p role="status" className="text-xs text-ink-2 tabular-nums">
					{formatQuantity(answers, 'answer')}
				</p>
			</div>
			{usage.models.length === 0 ? (
				<EmptyState
					icon={ChartNoAxesColumn}
					title={`No answer in the last ${days} days`}
					actions={<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>Go to Chat</Button>}
				>
					Tokens read and written, time and speed of every answer are counted here by model. Temporary conversations
					leave nothing, here too.
				</EmptyState>
			) : (
				<>
					<UsageByDayChart days={usage.days} />
					<UsageByModelTable models={usage.models} />
				</>
			)}
		</div>
	);
}
