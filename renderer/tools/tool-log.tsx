import { Trash2 } from 'lucide-react';
import type { CallDecision, CallOutcome, LoggedCall } from '../../electron/contract/tools/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { formatBytes, formatDuration, formatFullTime } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { useAttempt } from './use-attempt.ts';

/** Every call with its arguments, what allowed it, how it ended and what it cost. */
export function ToolLog({ calls, hasMore }: { calls: readonly LoggedCall[]; hasMore: boolean }) {
	const { connection, tools, toasts } = useServices();
	const attempt = useAttempt();
	const clear = () =>
		attempt(async () => {
			const { deleted, clearedAt } = await connection.client.tools.clearLog({});
			toasts.show({
				text: t('{deleted, plural, one {# entry was} other {# entries were}} deleted', { deleted }),
				action: {
					label: t('Undo'),
					run: () => void attempt(() => connection.client.tools.restoreLog({ clearedAt })),
				},
			});
		});
	return (
		<section aria-label={t('Call log')} className="flex flex-col gap-3">
			<SettingRow
				label={<h3 className="font-semibold">{t('Call log')}</h3>}
				description={t('Every tool call, newest first. The log of a conversation is deleted with it.')}
			>
				{calls.length === 0 ? null : (
					<Button kind="danger" icon={Trash2} onClick={() => void clear()}>
						{t('Delete the log')}
					</Button>
				)}
			</SettingRow>
			{calls.length === 0 ? (
				<p className="text-xs text-ink-3">{t('No tools have been called yet.')}</p>
			) : (
				<ol aria-label={t('Calls')} className="flex flex-col divide-y divide-line rounded-lg border border-line">
					{calls.map((call) => (
						<LogEntry key={call.id} call={call} />
					))}
				</ol>
			)}
			{hasMore ? (
				<div>
					<Button size="sm" onClick={() => tools.showMore()}>
						{t('Show more calls')}
					</Button>
				</div>
			) : null}
		</section>
	);
}

function LogEntry({ call }: { call: LoggedCall }) {
	const { at, server, tool, conversation, decision, outcome, resultBytes, truncated, ms } = call;
	return (
		<li className="flex flex-col gap-1 px-3 py-2 text-xs">
			<div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-3 tabular-nums">
				<span className="font-mono font-medium text-ink">{server === '' ? tool : `${server} › ${tool}`}</span>
				<OutcomeBadge outcome={outcome} />
				<span className="flex-1" />
				<time dateTime={new Date(at).toISOString()}>{formatFullTime(at)}</time>
			</div>
			<p className="font-mono [overflow-wrap:anywhere] text-ink-2" dir="ltr" translate="no">
				{call.arguments.length > shownArguments ? `${call.arguments.slice(0, shownArguments)}…` : call.arguments}
			</p>
			<p className="text-ink-3 tabular-nums">
				{[
					decisionWords(decision, conversation),
					...(outcome === 'refused' ? [] : [formatBytes(resultBytes), formatDuration(ms)]),
					...(truncated ? [t('result cut')] : []),
				].join(' · ')}
			</p>
		</li>
	);
}

/** Characters of the arguments in the list; the command line shows all of them. */
const shownArguments = 500;

function decisionWords(decision: CallDecision, conversation: string | null): string {
	const title = conversation ?? '';
	switch (decision) {
		case 'once':
			return t('allowed once in “{title}”', { title });
		case 'conversation':
			return t('allowed in “{title}”', { title });
		case 'always':
			return t('always allowed; called in “{title}”', { title });
		case 'by-hand':
			return t('called by hand');
		case 'refused':
			return t('not allowed in “{title}”', { title });
	}
}

function OutcomeBadge({ outcome }: { outcome: CallOutcome }) {
	switch (outcome) {
		case 'done':
			return <Badge tone="good">{t('done')}</Badge>;
		case 'error':
			return <Badge tone="bad">{t('error')}</Badge>;
		case 'timeout':
			return <Badge tone="bad">{t('too slow')}</Badge>;
		case 'stopped':
			return <Badge tone="plain">{t('stopped')}</Badge>;
		case 'refused':
			return <Badge tone="warn">{t('refused')}</Badge>;
	}
}
