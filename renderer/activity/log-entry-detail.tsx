import { Box, CornerUpRight } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ActivityEntry } from '../../electron/contract/activity/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount, formatDuration, formatFullTime, formatRate } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeDetails, describePurpose, describeSubject, kindLabels, tokensPerSecond } from './log-wording.ts';
import { OutcomeBadge } from './outcome-badge.tsx';

/** One entry in detail: all its figures and, for a failure, the cause, the next steps and the log's last lines. */
export function LogEntryDetail({ entry, onClose }: { entry: ActivityEntry; onClose: () => void }) {
	const { connection, layout } = useServices();
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	useEffect(() => {
		setFailure(null);
		if (entry.message === null) return;
		let looking = true;
		connection.client.activity.get({ id: entry.id }).then(
			(found) => looking && setFailure(found.failure),
			(error: unknown) => looking && setFailure(toFailure(error)),
		);
		return () => {
			looking = false;
		};
	}, [connection, entry.id, entry.message]);
	const { conversationId, messageId } = entry;
	const aboutModel = entry.kind === 'load' || entry.kind === 'crash' || entry.kind === 'unload';
	return (
		<>
			<PaneHeader heading={kindLabels[entry.kind]} onClose={onClose} />
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<div>
					<p className="font-medium [overflow-wrap:anywhere]" dir="auto">
						{describeSubject(entry)}
					</p>
					<p className="mt-0.5 text-xs text-ink-2">{formatFullTime(entry.at)}</p>
				</div>
				{failure === null ? null : (
					<FailureCard title={entry.kind === 'crash' ? t('The model crashed') : t('Failed')} failure={failure} />
				)}
				{conversationId === null || messageId === null ? null : (
					<Button
						icon={CornerUpRight}
						onClick={() => {
							layout.set({ target: messageId });
							layout.go({ section: 'chat', conversationId });
						}}
					>
						{t('Open conversation')}
					</Button>
				)}
				{aboutModel && entry.modelFileId !== null ? (
					<Button icon={Box} onClick={() => layout.go({ section: 'models' })}>
						{t('Go to Models')}
					</Button>
				) : null}
				<dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-xs">
					<Fact name={t('Outcome')}>
						<OutcomeBadge entry={entry} />
					</Fact>
					{facts(entry).map(([name, value]) => (
						<Fact key={name} name={name}>
							{value}
						</Fact>
					))}
				</dl>
			</div>
		</>
	);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
	return (
		<>
			<dt className="text-ink-3">{name}</dt>
			<dd className="min-w-0 tabular-nums [overflow-wrap:anywhere]">{children}</dd>
		</>
	);
}

const tokens = (count: number): string => t('{count, plural, one {# token} other {# tokens}}', { count });

const names: Readonly<Record<string, readonly [name: string, words: (value: number) => string]>> = {
	bytes: [t('Received'), formatBytes],
	loadMs: [t('Load time'), formatDuration],
	threads: [t('Threads'), formatCount],
	contextSize: [t('Context'), tokens],
	residentBytes: [t('Memory'), formatBytes],
	tookMs: [t('Took'), formatDuration],
};

function facts(entry: ActivityEntry): readonly (readonly [string, string])[] {
	const { figures, kind, outcome } = entry;
	const found: [string, string][] = [];
	if (kind === 'network') found.push([t('Response'), outcome]);
	if (entry.message === null && (kind === 'job' || kind === 'download'))
		found.push([t('Details'), describeDetails(entry)]);
	if (typeof entry.facts.purpose === 'string') found.push([t('Purpose'), describePurpose(entry.facts.purpose)]);
	if (figures !== null) {
		const speed = tokensPerSecond(entry);
		const { promptTokens, cachedTokens, completionTokens, ttftMs, promptMs, generationMs } = figures;
		found.push(
			[
				t('Input'),
				t('{promptTokens, plural, one {# token} other {# tokens}}, {cachedTokens} cached', {
					promptTokens,
					cachedTokens: formatCount(cachedTokens),
				}),
			],
			[t('Output'), tokens(completionTokens)],
			[t('First token'), completionTokens > 0 ? formatDuration(ttftMs) : t('none')],
			[t('Prompt'), formatDuration(promptMs)],
			[t('Generation'), formatDuration(generationMs)],
			[t('Speed'), speed === null ? t('not measured') : formatRate(speed)],
		);
	}
	for (const [key, value] of Object.entries(entry.facts)) {
		const [name, words] = names[key] ?? [];
		if (name === undefined || words === undefined || typeof value !== 'number') continue;
		if (value > 0) found.push([name, words(value)]);
	}
	return found;
}
