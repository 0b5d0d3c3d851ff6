import { Search } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Passage, SearchMode } from '../../electron/contract/documents/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatDuration, formatNumber } from '../design/format.ts';
import { SearchBox } from '../design/search-box.tsx';
import { Select } from '../design/select.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useRowKeys } from '../design/use-row-keys.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatPages } from './reading-pane.tsx';

const modes: readonly { value: SearchMode; words: string }[] = [
	{ value: 'hybrid', words: t('Words and meaning') },
	{ value: 'bm25', words: t('Words') },
	{ value: 'vector', words: t('Meaning') },
];

/** Searches the passages of the open collection as the user types. */
export function DocumentSearchBar() {
	const { documents, models } = useServices();
	const { query, mode, rerankId, searching } = useStore(documents.state);
	const files = useStore(models.state, (state) => state.models);
	return (
		<search className="flex flex-none flex-wrap items-center gap-2 px-5 pt-3 pb-2">
			<SearchBox
				data-document-search
				label={t('Search the documents')}
				placeholder={t('Search the documents')}
				value={query}
				onType={documents.search}
				onKeyDown={(event) => {
					if (event.key === 'Escape') documents.search('');
				}}
				className="min-w-56 flex-1"
			>
				{searching ? <Spinner /> : null}
			</SearchBox>
			<div className="flex items-center gap-2">
				<Select
					label={t('Search by')}
					value={mode}
					onChange={(next) => documents.searchBy({ mode: next })}
					options={modes}
				/>
				<div className="flex w-40 *:flex-1">
					<Select
						label={t('Rerank the results')}
						value={String(rerankId ?? '')}
						onChange={(value) => documents.searchBy({ rerankId: value === '' ? null : Number(value) })}
						options={[
							{ value: '', words: t('Don’t rerank') },
							...files
								.filter(({ kind }) => kind !== 'embedding')
								.map(({ id, name, quantization }) => ({
									value: String(id),
									words: t('Rerank with {name} {quantization}', { name, quantization }),
								})),
						]}
					/>
				</div>
			</div>
		</search>
	);
}

/** What the search found, the best first. */
export function SearchResults() {
	const services = useServices();
	const { documents } = services;
	const { result, searchFailure, query, reading } = useStore(documents.state);
	const rowKeys = useRowKeys();
	if (searchFailure !== null) {
		return (
			<div className="p-5">
				<FailureCard title={t('The search failed')} failure={searchFailure} />
			</div>
		);
	}
	if (result === null) return <Skeleton rows={6} className="p-5" />;
	const { passages, outcome, notice, searched, timing } = result;
	if (passages.length === 0) {
		return (
			<EmptyState icon={Search} title={t('Nothing was found')}>
				{t('No passage has these words. Try other ones, or search by meaning.')}
			</EmptyState>
		);
	}
	const shownId = reading?.kind === 'passage' ? reading.chunkId : null;
	const words = queryWords(query);
	return (
		<div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5" {...rowKeys}>
			<p role="status" className="py-1.5 text-xs text-ink-3 tabular-nums">
				{t('{count, plural, one {# passage} other {# passages}} of {searched} in {time}', {
					count: passages.length,
					searched: formatCount(searched.chunks),
					time: formatDuration(timing.total),
				})}
			</p>
			{outcome === 'found' ? null : (
				<p className="mb-2 rounded-md bg-warn-soft px-3 py-2">
					{t('Nothing here seems relevant. These are the closest passages.')}
				</p>
			)}
			{notice === null ? null : <p className="mb-2 text-xs text-ink-2">{notice}</p>}
			<ol className="rounded-lg border border-line">
				{passages.map((passage) => (
					<li key={passage.chunkId} className="border-b border-line last:border-b-0">
						<button
							type="button"
							data-row
							aria-current={passage.chunkId === shownId ? 'true' : undefined}
							onClick={() => void runOrToast(services, () => documents.readPassage(passage.chunkId))}
							className="block w-full px-3 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected"
						>
							<PassageRow passage={passage} words={words} />
						</button>
					</li>
				))}
			</ol>
		</div>
	);
}

function PassageRow({ passage, words }: { passage: Passage; words: readonly string[] }) {
	const { rank, document, heading, text, page } = passage;
	return (
		<>
			<span className="flex items-baseline gap-2">
				<span className="w-5 flex-none text-xs text-ink-3 tabular-nums" title={describeScores(passage)}>
					{rank}
				</span>
				<span className="min-w-0 truncate font-medium">{document}</span>
				<span className="min-w-0 flex-1 truncate text-xs text-ink-3">{heading.join(' › ')}</span>
				{page === null ? null : (
					<span className="flex-none text-xs text-ink-2 tabular-nums">{formatPages(passage)}</span>
				)}
			</span>
			<span className="mt-1 line-clamp-3 pl-7 text-xs/[1.55] text-ink-2 [overflow-wrap:anywhere]">
				{highlighted(text, words)}
			</span>
		</>
	);
}

/** "words 3.21 (2.), meaning 0.61 (1.)" */
function describeScores({ scores, ranks }: Passage): string {
	return [
		scores.bm25 === null
			? null
			: t('Words: {score}, place {rank}', { score: formatNumber(scores.bm25, 2), rank: ranks.bm25 ?? 0 }),
		scores.cosine === null
			? null
			: t('Meaning: {score}, place {rank}', { score: formatNumber(scores.cosine, 3), rank: ranks.vector ?? 0 }),
		scores.rerank === null
			? null
			: t('Reranker: {score}, place {rank}', { score: formatNumber(scores.rerank, 3), rank: ranks.rerank ?? 0 }),
	]
		.filter((part) => part !== null)
		.join('\n');
}

function queryWords(query: string): readonly string[] {
	const words = (query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 32);
	// Short words are everywhere.
	const long = words.filter((word) => word.length > 3);
	return long.length === 0 ? words : long;
}

/** The text with the query's words marked where a word of the text begins with one of them. */
function highlighted(text: string, words: readonly string[]): ReactNode[] {
	const parts: ReactNode[] = [];
	let end = 0;
	for (const match of text.matchAll(/[\p{L}\p{N}]+/gu)) {
		if (!words.some((word) => match[0].toLowerCase().startsWith(word))) continue;
		parts.push(<Fragment key={`before ${match.index}`}>{text.slice(end, match.index)}</Fragment>);
		parts.push(<mark key={match.index}>{match[0]}</mark>);
		end = match.index + match[0].length;
	}
	parts.push(<Fragment key="rest">{text.slice(end)}</Fragment>);
	return parts;
}
