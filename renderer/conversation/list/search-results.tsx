import { SearchX } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { counted, shortTime } from '../../design/format.ts';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { Marked } from './marked.tsx';
import { useNow } from './use-now.ts';
import { useRowKeys } from './use-row-keys.ts';

/** What the search found: title, snippet with the matches marked, and when. Opens at the message. */
export function SearchResults() {
	const { conversations, layout } = useServices();
	const search = useStore(conversations.state, (state) => state.search);
	const now = useNow();
	const keys = useRowKeys();
	if (search.status === 'off') return null;
	if (search.status === 'failed') {
		return (
			<div className="p-1">
				<FailureCard
					title="The search did not work"
					failure={search.failure}
					actions={
						<Button size="sm" onClick={() => conversations.search(search.text)}>
							Try again
						</Button>
					}
				/>
			</div>
		);
	}
	if (search.status === 'done' && search.hits.length === 0) {
		return (
			<EmptyState icon={SearchX} title="Nothing found">
				No title and no message holds “{search.text}”.
			</EmptyState>
		);
	}
	return (
		<>
			<p role="status" className="mt-2.5 flex h-6.5 flex-none items-center px-2 text-2xs font-medium text-ink-3">
				{search.status === 'searching' && search.hits.length === 0
					? 'Searching'
					: counted(search.hits.length, 'match', 'matches')}
			</p>
			<ul {...keys} aria-label="Search results" className="min-h-0 flex-1 overflow-y-auto pb-2">
				{search.hits.map((hit, index) => (
					<li key={`${hit.conversationId}-${hit.messageId}`}>
						<a
							data-row
							tabIndex={index === 0 ? 0 : -1}
							href={`#/chat/${hit.conversationId}`}
							onClick={(event) => {
								event.preventDefault();
								layout.set({ target: hit.messageId });
								layout.go({ section: 'chat', conversationId: hit.conversationId });
							}}
							className="block rounded-[6px] px-2 py-1.5 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2"
						>
							<span className="flex gap-2">
								<span className="min-w-0 flex-1 truncate font-medium text-ink">
									<Marked text={hit.title} />
								</span>
								<time className="text-2xs/5 text-ink-3 tabular-nums">{shortTime(hit.at, now)}</time>
							</span>
							{hit.messageId === null ? null : (
								<span className="line-clamp-2 text-xs [overflow-wrap:anywhere]">
									<Marked text={hit.snippet} />
								</span>
							)}
						</a>
					</li>
				))}
			</ul>
		</>
	);
}
