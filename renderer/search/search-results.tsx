import { useVirtualizer } from '@tanstack/react-virtual';
import { Archive, SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { SearchHit } from '../../electron/contract/search/schema.ts';
import { openMessage } from '../conversation/actions.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatShortTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useNow } from '../design/use-now.ts';
import { useRowKeys } from '../design/use-row-keys.ts';
import { FoundFacts } from '../memory/found-facts.tsx';
import { dateLocale } from '../messages/page-locale.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { HighlightedText } from './highlighted-text.tsx';
import type { SearchState } from './search-store.ts';

/** Rows this close to the end of the results load more. */
const fetchAhead = 12;

/** Estimated row heights, in px; the first hit of a conversation also has its title. */
const rowHeight = { title: 32, first: 68, further: 40 };

/** Search results: facts, then messages, newest first: title, excerpt with highlighted matches, and time. A result opens at its message. */
export function SearchResults() {
	const { search } = useServices();
	const off = useStore(search.state, ({ status }) => status === 'off');
	const typed = useStore(search.state, (state) => state.typed);
	if (off) return null;
	return (
		<>
			<FoundFacts text={typed.trim()} />
			<FoundMessages />
		</>
	);
}

function FoundMessages() {
	const { search } = useServices();
	const state = useStore(search.state);
	const { status, hits, failure } = state;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-1">
				<FailureCard
					title={t('Search failed')}
					failure={failure}
					actions={
						<Button size="sm" onClick={search.refresh}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (status === 'done' && hits.length === 0) return <NothingFound />;
	return (
		<>
			<p
				role="status"
				className="mt-1.5 flex h-6.5 flex-none items-center gap-1.5 px-2 text-2xs font-medium text-ink-3"
			>
				<span className="min-w-0 flex-1 truncate">{describeFound(state)}</span>
				{status === 'going-on' || (status === 'searching' && hits.length === 0) ? <Spinner /> : null}
			</p>
			<Hits />
			{status === 'going-on' && state.searchedTo !== null ? (
				<p className="flex-none px-2 py-1.5 text-xs text-ink-3">
					{t('Searched back to {date}', { date: describeReach(state.searchedTo) })}
				</p>
			) : null}
		</>
	);
}

function Hits() {
	const { search } = useServices();
	const hits = useStore(search.state, (state) => state.hits);
	const more = useStore(search.state, ({ status, next }) => status === 'done' && next !== null);
	const now = useNow();
	const keys = useRowKeys();
	const box = useRef<HTMLDivElement>(null);
	const virtualizer = useVirtualizer({
		count: hits.length,
		getScrollElement: () => box.current,
		estimateSize: (index) =>
			hits[index]?.messageId === null
				? rowHeight.title
				: isFirstOfConversation(hits, index)
					? rowHeight.first
					: rowHeight.further,
		// A message and its file may both match.
		getItemKey: (index) => `${index}-${hits[index]?.conversationId}-${hits[index]?.messageId}`,
		overscan: 8,
		paddingEnd: 8,
	});
	const items = virtualizer.getVirtualItems();
	const nearEnd = (items.at(-1)?.index ?? 0) >= hits.length - fetchAhead;
	useEffect(() => {
		if (nearEnd && more) search.more();
	}, [nearEnd, more, search]);
	return (
		<div ref={box} {...keys} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
			<ul aria-label={t('Search results')} className="relative" style={{ height: virtualizer.getTotalSize() }}>
				{items.map(({ key, index, start }) => {
					const hit = hits[index];
					if (hit === undefined) return null;
					return (
						<li
							key={key}
							ref={virtualizer.measureElement}
							data-index={index}
							className="absolute inset-x-0 top-0"
							style={{ transform: `translateY(${start}px)` }}
						>
							<HitRow
								hit={hit}
								now={now}
								withTitle={isFirstOfConversation(hits, index)}
								focusable={index === items[0]?.index}
							/>
						</li>
					);
				})}
			</ul>
		</div>
	);
}

/** Whether this is the first of a conversation's consecutive hits. */
function isFirstOfConversation(hits: readonly SearchHit[], index: number): boolean {
	return hits[index - 1]?.conversationId !== hits[index]?.conversationId;
}

function HitRow({
	hit,
	now,
	withTitle,
	focusable,
}: {
	hit: SearchHit;
	now: number;
	withTitle: boolean;
	focusable: boolean;
}) {
	const services = useServices();
	const { conversationId, messageId, writtenBy, title, snippet, at, archived } = hit;
	return (
		<a
			data-row
			tabIndex={focusable ? 0 : -1}
			href={`#/chat/${conversationId}`}
			onClick={(event) => {
				event.preventDefault();
				openMessage(services, hit);
			}}
			className="block rounded-[6px] px-2 py-1.5 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2"
		>
			<span className={withTitle ? 'flex gap-2' : 'sr-only'}>
				<span className="min-w-0 flex-1 truncate font-medium text-ink">
					<HighlightedText text={title} />
				</span>
				{archived ? <Icon of={Archive} size={12} className="mt-1 text-ink-3" /> : null}
				<time className="text-2xs/5 text-ink-3 tabular-nums">{formatShortTime(at, now)}</time>
			</span>
			{messageId === null ? null : (
				<span className="line-clamp-2 text-xs [overflow-wrap:anywhere]">
					{writtenBy === 'user' ? <span className="text-ink-3">{t('You:')} </span> : null}
					<HighlightedText text={snippet} />
				</span>
			)}
		</a>
	);
}

function NothingFound() {
	const { search } = useServices();
	const { typed, filters } = useStore(search.state);
	const isWrong = filters.some(({ problem }) => problem !== null);
	const words = filters.reduce((text, filter) => text.replace(filter.typed, ''), typed).trim();
	return (
		<EmptyState
			icon={SearchX}
			title={t('No results')}
			actions={
				filters.length > 0 && words !== '' ? (
					<Button size="sm" onClick={() => search.type(words)}>
						{t('Search without filters')}
					</Button>
				) : undefined
			}
		>
			{isWrong
				? t('One of the filters is not valid.')
				: words === ''
					? t('No conversations match these filters.')
					: filters.length > 0
						? t('No results for “{words}” with these filters.', { words })
						: t('No title, message or attached file contains “{words}”.', { words })}
		</EmptyState>
	);
}

/** Describes the results so far: "3 matches", "40 matches and more", "Searching". */
export function describeFound({ status, hits, next }: Pick<SearchState, 'status' | 'hits' | 'next'>): string {
	if (status === 'searching' && hits.length === 0) return t('Searching');
	if (next !== null && hits.length > 0) return t('{count} newest matches', { count: formatCount(hits.length) });
	if (next !== null) return t('Searching older messages');
	return t('{count, plural, one {# match} other {# matches}}', { count: hits.length });
}

/** Formats a date: "3 March 2026". */
function describeReach(at: number): string {
	return new Date(at).toLocaleDateString(dateLocale(), { day: 'numeric', month: 'long', year: 'numeric' });
}
