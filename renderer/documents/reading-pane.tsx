import { FileSearch, RotateCw, Trash2, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Chunk, Document, Surroundings } from '../../electron/contract/documents/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { ChunkText } from './collection-settings-dialog.tsx';
import { removeDocument } from './document-actions.ts';

/** The pane on the right: a document with its passages, or a found passage in its place. */
export function ReadingPane() {
	const { documents } = useServices();
	const reading = useStore(documents.state, (state) => state.reading);
	if (reading === null) return null;
	return reading.kind === 'document' ? (
		<DocumentView key={reading.document.id} document={reading.document} />
	) : (
		<PassageView key={reading.chunkId} found={reading.found} />
	);
}

function Head({ document, children }: { document: Document; children?: ReactNode }) {
	const { documents } = useServices();
	return (
		<header className="flex min-h-12 flex-none items-center gap-1 border-b border-line py-1.5 pr-2 pl-4">
			<div className="min-w-0 flex-1">
				<h2 className="truncate font-semibold" title={document.title}>
					{document.title}
				</h2>
				{document.path === null ? null : (
					<p className="truncate text-2xs text-ink-3" title={document.path}>
						{document.path}
					</p>
				)}
			</div>
			{children}
			<IconButton icon={X} label={t('Close')} onClick={documents.closeReading} />
		</header>
	);
}

/** Passages of a document that are shown. */
const shownChunks = 200;

function DocumentView({ document }: { document: Document }) {
	const services = useServices();
	const { connection, documents } = services;
	const [chunks, setChunks] = useState<{ readonly chunks: readonly Chunk[]; readonly total: number } | null>(null);
	const [error, setError] = useState<string>();
	const { id, state, indexedAt } = document;
	// biome-ignore lint/correctness/useExhaustiveDependencies: a document that was read again has other passages
	useEffect(() => {
		let isCurrent = true;
		connection.client.documents.chunks({ id, limit: shownChunks }).then(
			(found) => isCurrent && setChunks(found),
			(failure: unknown) => isCurrent && setError(toFailure(failure).message),
		);
		return () => {
			isCurrent = false;
		};
	}, [connection, id, state, indexedAt]);
	const again = () => void runOrToast(services, () => documents.reread([id]));
	return (
		<>
			<Head document={document}>
				<IconButton icon={RotateCw} label={t('Read again')} onClick={again} />
				<IconButton
					icon={Trash2}
					label={t('Remove document')}
					onClick={() => void removeDocument(services, document)}
				/>
			</Head>
			<Scroller label={t('Passages of the document')} className="min-h-0 flex-1 px-4 pb-4">
				<p className="py-3 text-xs text-ink-3 tabular-nums">{describeSize(document)}</p>
				{document.failure === null ? null : (
					<FailureCard
						title={t('This document can’t be read')}
						failure={document.failure}
						actions={
							<Button size="sm" onClick={again}>
								{t('Try again')}
							</Button>
						}
					/>
				)}
				{error !== undefined ? <p className="text-xs text-bad">{error}</p> : null}
				{chunks === null ? (
					document.state === 'failed' ? null : (
						<Skeleton rows={6} />
					)
				) : (
					<ol>
						{chunks.chunks.map((chunk) => (
							<li key={chunk.id} className="border-t border-line py-2.5">
								<ChunkText chunk={chunk} />
							</li>
						))}
						{chunks.total > chunks.chunks.length ? (
							<li className="border-t border-line py-2.5 text-xs text-ink-3">
								{t('{count, plural, one {# more passage} other {# more passages}}', {
									count: chunks.total - chunks.chunks.length,
								})}
							</li>
						) : null}
					</ol>
				)}
			</Scroller>
		</>
	);
}

function describeSize({ format, pages, characters, tokens, sizeBytes }: Document): string {
	return [
		format === null ? null : formatName(format),
		sizeBytes === 0 ? null : formatBytes(sizeBytes),
		pages === null ? null : t('{count, plural, one {# page} other {# pages}}', { count: pages }),
		characters === 0 ? null : t('{shown} characters', { shown: formatCount(characters) }),
		tokens === 0 ? null : t('{shown} tokens', { shown: formatCount(tokens) }),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

function PassageView({ found }: { found: Surroundings }) {
	const { documents } = useServices();
	const { document, chunk, text, start, pages } = found;
	const mark = useRef<HTMLElement>(null);
	useEffect(() => {
		// Newer browsers return a promise, which is no way to clean up.
		void mark.current?.scrollIntoView({ block: 'center' });
	}, []);
	const parts = [
		{ from: start, to: chunk.start, isPassage: false },
		{ from: chunk.start, to: chunk.end, isPassage: true },
		{ from: chunk.end, to: start + text.length, isPassage: false },
	];
	return (
		<>
			<Head document={document}>
				<IconButton
					icon={FileSearch}
					label={t('Show all passages of the document')}
					onClick={() => documents.readDocument(document)}
				/>
			</Head>
			<p className="flex flex-none gap-2 border-b border-line px-4 py-2 text-xs text-ink-2 tabular-nums">
				<span className="min-w-0 flex-1 truncate" title={chunk.heading.join(' › ')}>
					{chunk.heading.join(' › ')}
				</span>
				{chunk.page === null ? null : <span className="flex-none">{formatPages(chunk)}</span>}
			</p>
			<Scroller label={t('The passage in its document')} className="min-h-0 flex-1 px-4 py-3">
				<p className="max-w-(--reading) text-sm/[1.6] whitespace-pre-wrap [overflow-wrap:anywhere]">
					{parts.map(({ from, to, isPassage }) => {
						const pieces = cutAtPages(text, start, from, to, pages);
						return isPassage ? (
							<mark key="passage" ref={mark} className="rounded-xs bg-accent-soft font-normal text-ink">
								{pieces}
							</mark>
						) : (
							<span key={from} className="text-ink-2">
								{pieces}
							</span>
						);
					})}
				</p>
			</Scroller>
		</>
	);
}

/** A part of the text, with a line where a page begins. */
function cutAtPages(text: string, start: number, from: number, to: number, pages: Surroundings['pages']): ReactNode[] {
	const nodes: ReactNode[] = [];
	let at = from;
	for (const { number, start: begins } of pages) {
		if (begins <= from || begins >= to) continue;
		nodes.push(text.slice(at - start, begins - start));
		nodes.push(
			<span key={number} className="my-1 block border-t border-dashed border-line-strong pt-1 text-2xs text-ink-3">
				{t('Page {page}', { page: number })}
			</span>,
		);
		at = begins;
	}
	nodes.push(text.slice(at - start, to - start));
	return nodes;
}

/** "page 3", or "pages 3–4" */
export function formatPages({
	page,
	lastPage,
}: {
	readonly page: number | null;
	readonly lastPage: number | null;
}): string {
	if (page === null) return '';
	return lastPage === null || lastPage === page
		? t('page {page}', { page })
		: t('pages {page}–{lastPage}', { page, lastPage });
}

/** "PDF", "Markdown" */
export function formatName(format: string): string {
	const names: Readonly<Record<string, string>> = { text: t('Text'), markdown: 'Markdown', code: t('Code') };
	return names[format] ?? format.toUpperCase();
}
