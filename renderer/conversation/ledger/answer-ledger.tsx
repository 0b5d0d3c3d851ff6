import { ChevronRight, FileSearch, ListPlus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Ledger, LedgerKind, LedgerPart } from '../../../electron/contract/conversation/ledger.ts';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { formatCount, formatDuration, formatPercent } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { factsRoute } from '../../memory/memory-actions.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { useBlockedReason } from '../actions.ts';
import { AnswerStats } from '../answer/answer-stats.tsx';
import { formatStats } from '../answer/answer-wording.ts';
import { isStored, isWriting } from '../thread/thread-state.ts';
import { describeSources, nameOfKind, nameOfSource } from './ledger-wording.ts';
import { SentPromptDialog } from './sent-prompt-dialog.tsx';

/** The line under an answer: its numbers. A click shows what its prompt consisted of, what that cost and what is missing. */
export function AnswerLedger({ message }: { message: Message }) {
	const [open, setOpen] = useState(false);
	const stats = formatStats(message);
	const { ledger } = message;
	if (ledger === undefined) {
		return stats.length === 0 ? null : (
			<p className="text-xs tracking-normal text-balance text-ink-3 tabular-nums">
				<AnswerStats stats={stats} />
			</p>
		);
	}
	const sources = describeSources(ledger);
	return (
		<div className="flex flex-col gap-2">
			<button
				type="button"
				aria-expanded={open}
				title={t('What the prompt of this answer contained')}
				onClick={() => setOpen(!open)}
				className="group -mx-1 flex items-start gap-1 self-start rounded-[6px] px-1 text-left text-xs tracking-normal text-balance text-ink-3 tabular-nums hover:bg-hover hover:text-ink-2"
			>
				<Icon
					of={ChevronRight}
					size={14}
					className={`mt-px flex-none transition-transform duration-(--base) ${open ? 'rotate-90' : ''}`}
				/>
				<span>
					<AnswerStats
						stats={stats}
						end={
							sources === null ? null : (
								<span className={ledger.unfoundQuotes.length > 0 ? 'text-warn' : undefined}>{sources}</span>
							)
						}
					/>
				</span>
			</button>
			{ledger.sources.length === 0 ? null : <Sources message={message} ledger={ledger} />}
			{open ? <LedgerDetails message={message} ledger={ledger} /> : null}
		</div>
	);
}

/** Shades of the bar, in the order of the prompt; the table below names them. */
const shades: Record<LedgerKind, string> = {
	template: 'bg-line-strong',
	system: 'bg-series-baseline',
	prompt: 'bg-heat-4',
	tools: 'bg-series-2',
	memory: 'bg-series-4',
	summary: 'bg-heat-5',
	history: 'bg-series-1',
	past: 'bg-heat-3',
	documents: 'bg-series-3',
	message: 'bg-accent',
};

function LedgerDetails({ message, ledger }: { message: Message; ledger: Ledger }) {
	const { parts, leftOut, unfoundQuotes } = ledger;
	const total = parts.reduce((sum, { tokens }) => sum + tokens, 0);
	return (
		<section
			aria-label={t('Prompt of this answer')}
			className="flex flex-col gap-3 rounded-lg border border-line bg-sunken p-3 text-xs"
		>
			<div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-xs">
				{parts.map(({ kind, tokens }) =>
					tokens === 0 ? null : (
						<i key={kind} className={`block min-w-[2px] ${shades[kind]}`} style={{ flexGrow: tokens }} />
					),
				)}
			</div>
			<PartTable parts={parts} total={total} />
			{unfoundQuotes.length === 0 ? null : (
				<div>
					<h2 className="font-medium text-warn">{t('Quotes not found in any source')}</h2>
					<ul className="mt-1 flex flex-col gap-0.5 text-ink-2">
						{unfoundQuotes.map(({ start, end }) => (
							<li key={start} className="foreign" dir="auto">
								“{message.content.slice(start, end)}”
							</li>
						))}
					</ul>
				</div>
			)}
			{leftOut.length === 0 ? null : (
				<div>
					<h2 className="font-medium">{t('Left out')}</h2>
					<ul className="mt-1 flex flex-col gap-0.5 text-ink-2">
						{leftOut.map(({ kind, title, reason, tokens }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: entries stand in order
							<li key={index}>
								<span className="text-ink" dir="auto">
									{title === '' ? nameOfKind(kind) : title}
								</span>
								{tokens === null
									? null
									: ` (${t('{count, plural, one {# token} other {# tokens}}', { count: tokens })})`}
								{': '}
								{reason}
							</li>
						))}
					</ul>
				</div>
			)}
			{isStored(message) ? <PromptActions message={message} /> : null}
		</section>
	);
}

function PartTable({ parts, total }: { parts: readonly LedgerPart[]; total: number }) {
	return (
		<table className="w-full tabular-nums">
			<thead className="text-ink-3">
				<tr>
					<th scope="col" className="py-0.5 text-left font-normal">
						{t('Part')}
					</th>
					<th scope="col" className="py-0.5 text-right font-normal">
						{t('Tokens')}
					</th>
					<th scope="col" className="py-0.5 text-right font-normal">
						{t('Cached')}
					</th>
					<th scope="col" className="py-0.5 text-right font-normal">
						{t('Time')}
					</th>
				</tr>
			</thead>
			<tbody>
				{parts.map((part) => (
					<tr key={part.kind} className="text-ink-2">
						<th scope="row" className="py-0.5 text-left font-normal">
							<span className="inline-flex items-center gap-1.5">
								<i aria-hidden className={`block size-2 rounded-[2px] ${shades[part.kind]}`} />
								{part.kind === 'memory' ? <MemoryLink /> : nameOfKind(part.kind)}
							</span>
						</th>
						<PartCells part={part} />
					</tr>
				))}
				<tr className="border-t border-line text-ink">
					<th scope="row" className="py-0.5 text-left font-medium">
						{t('Sent')}
					</th>
					<PartCells
						part={{
							tokens: total,
							cached: parts.reduce((sum, { cached }) => sum + cached, 0),
							buildMs: parts.reduce((sum, { buildMs }) => sum + buildMs, 0),
							readMs: parts.reduce((sum, { readMs }) => sum + readMs, 0),
						}}
					/>
				</tr>
			</tbody>
		</table>
	);
}

/** Leads to what is remembered, where it can be changed and forgotten. */
function MemoryLink() {
	const { layout } = useServices();
	return (
		<button type="button" className="rounded-xs text-accent-ink hover:underline" onClick={() => layout.go(factsRoute)}>
			{nameOfKind('memory')}
		</button>
	);
}

function PartCells({ part: { tokens, cached, buildMs, readMs } }: { part: Omit<LedgerPart, 'kind'> }) {
	return (
		<>
			<td className="text-right font-mono">{formatCount(tokens)}</td>
			<td className="text-right font-mono text-ink-3">{tokens === 0 ? '' : formatPercent(cached / tokens)}</td>
			<td className="text-right font-mono">{formatDuration(buildMs + readMs)}</td>
		</>
	);
}

/** The passages that an answer was given, one click away: a small model seldom names them in its text. */
function Sources({ message, ledger: { sources } }: { message: Message; ledger: Ledger }) {
	const { shownSource } = useServices();
	return (
		<div className="flex items-baseline gap-2 text-xs">
			<span className="flex-none text-ink-3">{t('Sources')}</span>
			<ol aria-label={t('Sources')} className="flex min-w-0 flex-wrap gap-x-3">
				{sources.map((source) => (
					<li key={source.number} className="max-w-full">
						<button
							type="button"
							data-source={source.number}
							onClick={() => shownSource.setState({ messageId: message.id, number: source.number }, true)}
							className="block min-h-6 max-w-full truncate rounded-xs text-left text-accent-ink hover:underline"
							dir="auto"
						>
							[{source.number}] {nameOfSource(source)}
						</button>
					</li>
				))}
			</ol>
		</div>
	);
}

/** Reads the exact prompt, gives it again, or makes a sample of it. */
function PromptActions({ message }: { message: Message }) {
	const services = useServices();
	const { addingToDataset, thread } = services;
	const [reading, setReading] = useState(false);
	const writing = useStore(thread.state, isWriting);
	const blocked = useBlockedReason();
	return (
		<div className="flex flex-wrap gap-1.5">
			<Button size="sm" icon={FileSearch} onClick={() => setReading(true)}>
				{t('Read the prompt')}
			</Button>
			<Button
				size="sm"
				icon={RefreshCw}
				blocked={writing ? t('An answer is being written') : (blocked ?? undefined)}
				onClick={() => void runOrToast(services, () => thread.replay(message.id))}
			>
				{t('Answer again, same seed')}
			</Button>
			{message.content === '' ? null : (
				<Button
					size="sm"
					icon={ListPlus}
					onClick={() => addingToDataset.ask({ kind: 'message', messageId: message.id })}
				>
					{t('Add to dataset')}
				</Button>
			)}
			{reading ? <SentPromptDialog messageId={message.id} onClose={() => setReading(false)} /> : null}
		</div>
	);
}
