import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { importSourceNames } from '../../electron/contract/import-export/import-sources.ts';
import type { ImportReport } from '../../electron/contract/import-export/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { formatCount, formatDate, formatList } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { dateLocale } from '../messages/page-locale.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** "ChatGPT and Claude" */
const programs = new Intl.ListFormat(dateLocale(), { type: 'conjunction' });

/** What an import adds or would add, and what it leaves out and why. */
export function ImportReportView({ report, preview }: { report: ImportReport; preview: boolean }) {
	const { conversations, extended, known, messages, oldest, newest, sources, samples } = report;
	const span =
		oldest === null || newest === null
			? null
			: formatDate(oldest) === formatDate(newest)
				? formatDate(oldest)
				: t('{oldest} to {newest}', { oldest: formatDate(oldest), newest: formatDate(newest) });
	const more = conversations + extended + known - samples.length;
	return (
		<div className="flex flex-col gap-3">
			<div>
				<p className="text-base font-semibold tabular-nums">{headline(report, preview)}</p>
				<p className="mt-0.5 text-xs text-ink-3 tabular-nums">
					{[
						t('from {programs}', { programs: programs.format(sources.map((source) => importSourceNames[source])) }),
						t('{count, plural, one {# message} other {# messages}}', { count: messages }),
						span,
						known === 0 ? null : t('{count} already imported', { count: formatCount(known) }),
					]
						.filter((part) => part !== null)
						.join(' · ')}
				</p>
			</div>
			<Scroller label={t('Conversations')} className="max-h-56 rounded-lg border border-line">
				<ul>
					{samples.map((sample, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, with titles that may repeat
						<Sample key={index} sample={sample} preview={preview} />
					))}
				</ul>
			</Scroller>
			{more > 0 ? <p className="text-xs text-ink-3">{t('and {count} more', { count: formatCount(more) })}</p> : null}
			<LeftOut report={report} preview={preview} />
		</div>
	);
}

/** Describes the result: "312 conversations imported", "3 conversations with new messages", or both. */
function headline({ conversations, extended }: ImportReport, preview: boolean): string {
	const parts = [
		...(conversations === 0
			? []
			: [
					preview
						? t('{count, plural, one {# new conversation} other {# new conversations}}', { count: conversations })
						: t('{count, plural, one {# conversation} other {# conversations}} imported', { count: conversations }),
				]),
		...(extended === 0
			? []
			: [
					preview
						? t('{count, plural, one {# conversation} other {# conversations}} with new messages', { count: extended })
						: t('{count, plural, one {# conversation} other {# conversations}} extended', { count: extended }),
				]),
	];
	if (parts.length === 0) return preview ? t('Nothing new to import') : t('Nothing was imported');
	return formatList(parts);
}

function Sample({ sample, preview }: { sample: ImportReport['samples'][number]; preview: boolean }) {
	const { importExport, layout } = useServices();
	const { title, createdAt, messages, outcome, conversationId } = sample;
	const facts = [
		createdAt > 0 ? formatDate(createdAt) : null,
		outcome === 'extended'
			? t('{count, plural, one {# new message} other {# new messages}}', { count: messages })
			: t('{count, plural, one {# message} other {# messages}}', { count: messages }),
	];
	const words = (
		<>
			<span className={`min-w-0 flex-1 truncate ${outcome === 'known' ? 'text-ink-3' : ''}`}>{title}</span>
			{outcome === 'known' ? <Badge tone="plain">{t('Already imported')}</Badge> : null}
			{outcome === 'extended' ? <Badge tone="accent">{t('Extended')}</Badge> : null}
			<span className="text-xs text-ink-3 tabular-nums">{facts.filter((fact) => fact !== null).join(' · ')}</span>
		</>
	);
	const row = 'flex h-8 items-center gap-2.5 border-b border-line px-3 group-last:border-b-0';
	return (
		<li className="group">
			{preview || conversationId === null ? (
				<div className={row}>{words}</div>
			) : (
				<a
					href={`#/chat/${conversationId}`}
					className={`${row} text-ink no-underline hover:bg-hover focus-visible:-outline-offset-2`}
					onClick={(event) => {
						event.preventDefault();
						importExport.hide();
						layout.go({ section: 'chat', conversationId });
					}}
				>
					{words}
				</a>
			)}
		</li>
	);
}

function LeftOut({ report: { skipped, skippedCount }, preview }: { report: ImportReport; preview: boolean }) {
	const [open, setOpen] = useState(false);
	if (skippedCount === 0) return null;
	const words = preview
		? t('{count, plural, one {# item} other {# items}} can’t be imported', { count: skippedCount })
		: t('{count, plural, one {# item} other {# items}} skipped', { count: skippedCount });
	return (
		<div>
			<Button kind="ghost" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				{words}
			</Button>
			{open ? (
				<Scroller
					label={t('Skipped items')}
					className="mt-1.5 max-h-40 rounded-md border border-line bg-sunken px-3 py-2"
				>
					<ul className="flex flex-col gap-1 text-xs text-ink-2">
						{skipped.map(({ what, why }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
							<li key={index} className="[overflow-wrap:anywhere]">
								<span className="font-medium">{what}</span>: {why}
							</li>
						))}
						{skippedCount > skipped.length ? (
							<li>{t('and {count} more', { count: formatCount(skippedCount - skipped.length) })}</li>
						) : null}
					</ul>
				</Scroller>
			) : null}
		</div>
	);
}
