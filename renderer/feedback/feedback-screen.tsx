import { GraduationCap, ListFilter, ListPlus, ThumbsUp } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { openFineTune } from '../adaptation/training-commands.ts';
import { Drawer } from '../app/drawer.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { Loop } from '../welcome/loop.tsx';
import { AnswerDetail } from './answer-detail.tsx';
import { AnswerRows } from './answer-rows.tsx';
import { ExportMenu } from './export-menu.tsx';
import { emptyFilter, isNarrowed, toReportQuery } from './feedback-filter.ts';
import type { FeedbackReportState } from './feedback-report-store.ts';
import { FeedbackFilterBar } from './filter-bar.tsx';
import { toAddRequest } from './filtered-answers.ts';
import { ModelShares } from './model-shares.tsx';

/** Feedback on answers: filtered, counted by model, read one by one, and exported as training data. */
export function FeedbackScreen() {
	const { feedbackReport: report } = useServices();
	const wide = useWindowWidth() === 'wide';
	const selected = useStore(report.state, (state) => state.selected);
	const exportable = useStore(report.state, hasFeedback);
	useEffect(() => report.watch(), [report]);
	const close = () => report.select(null);
	const detail = selected === null ? null : <AnswerDetail key={selected.messageId} item={selected} onClose={close} />;
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ScreenHeader>
					<ScreenTitle>{t('Feedback')}</ScreenTitle>
					<span className="flex-1" />
					{exportable ? (
						<>
							<FineTuneButton />
							<AddShownButton />
							<ExportMenu />
						</>
					) : null}
				</ScreenHeader>
				<Content />
			</main>
			{wide ? (
				detail === null ? null : (
					<aside
						aria-label={t('Answer')}
						data-region
						className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
					>
						{detail}
					</aside>
				)
			) : (
				<Drawer open={detail !== null} onClose={close} side="right" label={t('Answer')}>
					{detail}
				</Drawer>
			)}
		</>
	);
}

/** Opens the form for a training on the answers that are shown. */
function FineTuneButton() {
	const services = useServices();
	const filter = useStore(services.feedbackReport.state, (state) => state.filter);
	return (
		<Button
			icon={GraduationCap}
			onClick={() => openFineTune(services, { data: { kind: 'feedback', filter: toReportQuery(filter, Date.now()) } })}
		>
			{t('Fine-tune')}
		</Button>
	);
}

/** Whether there is any feedback to export, or would be without the filter. */
function hasFeedback({ summary, filter }: FeedbackReportState): boolean {
	return summary !== null && (summary.totals.any > 0 || isNarrowed(filter));
}

function Content() {
	const { feedbackReport: report, layout } = useServices();
	const state = useStore(report.state);
	const box = useRef<HTMLDivElement>(null);
	const now = useNow();
	const { status, failure, items, summary, filter } = state;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load feedback')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void report.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (summary === null) return <Skeleton rows={6} className="p-5" />;
	const { totals } = summary;
	if (totals.any + totals.suggested === 0 && !isNarrowed(filter)) {
		return (
			<EmptyState
				page
				icon={ThumbsUp}
				title={t('No feedback yet')}
				foot={<Loop at="feedback" />}
				actions={
					<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>{t('Go to Chat')}</Button>
				}
			>
				{t(
					'Rate answers in chat with thumbs up or down, or correct them. Ratings are summarised here by model and can be exported as training data.',
				)}
			</EmptyState>
		);
	}
	return (
		<>
			<FeedbackFilterBar summary={summary} />
			<div ref={box} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto pb-4">
				<div>
					{summary.counts.length === 0 ? null : <ModelShares summary={summary} />}
					<p role="status" className="px-5 pt-1 pb-1.5 text-xs text-ink-3 tabular-nums">
						{items.length === 0
							? ''
							: t('{count, plural, one {# answer} other {# answers}}', { count: totals[filter.rating] })}
					</p>
				</div>
				{items.length > 0 ? (
					<AnswerRows box={box} now={now} />
				) : (
					<EmptyState
						icon={ListFilter}
						title={filter.rating === 'suggested' ? t('Nothing to review') : t('No results')}
						actions={
							isNarrowed(filter) || filter.rating !== 'any' ? (
								<Button onClick={() => report.change(emptyFilter)}>{t('Show all feedback')}</Button>
							) : undefined
						}
					>
						{filter.rating === 'suggested'
							? t(
									'When your next message praises or contradicts an answer, it appears here for you to confirm as a rating.',
								)
							: t('No feedback matches these filters.')}
					</EmptyState>
				)}
			</div>
		</>
	);
}

/** Makes samples of everything that matches the filter. */
function AddShownButton() {
	const services = useServices();
	const { addingToDataset, feedbackReport: report } = services;
	const none = useStore(report.state, ({ items }) => items.length === 0);
	return (
		<Button
			kind="ghost"
			icon={ListPlus}
			blocked={none ? t('No answers match the filters') : undefined}
			onClick={() => addingToDataset.ask(toAddRequest(services))}
		>
			{t('Add to dataset')}
		</Button>
	);
}
