import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { importSourceNames } from '../../electron/contract/import-export/import-sources.ts';
import type { ImportReport } from '../../electron/contract/import-export/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { formatCount, formatDate, formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { useServices } from '../services.ts';

/** What an import adds or would add, and what it leaves out and why. */
export function ImportReportView({ report, preview }: { report: ImportReport; preview: boolean }) {
	const { conversations, extended, known, messages, oldest, newest, sources, samples } = report;
	const span =
		oldest === null || newest === null
			? null
			: oldest === newest
				? formatDate(oldest)
				: `${formatDate(oldest)} to ${formatDate(newest)}`;
	const more = conversations + extended + known - samples.length;
	return (
		<div className="flex flex-col gap-3">
			<div>
				<p className="text-base font-semibold tabular-nums">{headline(report, preview)}</p>
				<p className="mt-0.5 text-xs text-ink-3 tabular-nums">
					{[
						`from ${sources.map((source) => importSourceNames[source]).join(' and ')}`,
						formatQuantity(messages, 'message'),
						span,
						known === 0 ? null : `${formatCount(known)} already imported`,
					]
						.filter((part) => part !== null)
						.join(' · ')}
				</p>
			</div>
			<Scroller label="Conversations" className="max-h-56 rounded-lg border border-line">
				<ul>
					{samples.map((sample, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes, with titles that may repeat
						<Sample key={index} sample={sample} preview={preview} />
					))}
				</ul>
			</Scroller>
			{more > 0 ? <p className="text-xs text-ink-3">and {formatCount(more)} more</p> : null}
			<LeftOut report={report} preview={preview} />
		</div>
	);
}

/** Describes the result: "312 new conversations", "3 that go on from ones that are here", or both. */
function headline({ conversations, extended }: ImportReport, preview: boolean): string {
	const parts = [
		...(conversations > 0 ? [formatQuantity(conversations, preview ? 'new conversation' : 'conversation')] : []),
		...(extended > 0
			? [`${formatQuantity(extended, 'conversation')} ${preview ? 'with new messages' : 'extended'}`]
			: []),
	];
	if (parts.length === 0) return preview ? 'Nothing new to import' : 'Nothing was imported';
	return `${parts.join(', ')}${preview ? '' : ' imported'}`;
}

function Sample({ sample, preview }: { sample: ImportReport['samples'][number]; preview: boolean }) {
	const { importExport, layout } = useServices();
	const { title, createdAt, messages, outcome, conversationId } = sample;
	const facts = [
		createdAt > 0 ? formatDate(createdAt) : null,
		formatQuantity(messages, outcome === 'extended' ? 'new message' : 'message'),
	];
	const words = (
		<>
			<span className={`min-w-0 flex-1 truncate ${outcome === 'known' ? 'text-ink-3' : ''}`}>{title}</span>
			{outcome === 'known' ? <Badge tone="plain">Already imported</Badge> : null}
			{outcome === 'extended' ? <Badge tone="accent">Extended</Badge> : null}
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
	const words = `${formatQuantity(skippedCount, 'item')} ${preview ? 'can’t be imported' : 'skipped'}`;
	return (
		<div>
			<Button kind="ghost" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				{words}
			</Button>
			{open ? (
				<Scroller label="Skipped items" className="mt-1.5 max-h-40 rounded-md border border-line bg-sunken px-3 py-2">
					<ul className="flex flex-col gap-1 text-xs text-ink-2">
						{skipped.map(({ what, why }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
							<li key={index} className="[overflow-wrap:anywhere]">
								<span className="font-medium">{what}</span>: {why}
							</li>
						))}
						{skippedCount > skipped.length ? <li>and {formatCount(skippedCount - skipped.length)} more</li> : null}
					</ul>
				</Scroller>
			) : null}
		</div>
	);
}
