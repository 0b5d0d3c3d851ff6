import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { SentSource } from '../../../electron/contract/conversation/ledger.ts';
import { Drawer } from '../../app/drawer.tsx';
import { useWindowWidth } from '../../app/use-window-width.ts';
import type { Client } from '../../connection/connection.ts';
import { useQuery } from '../../connection/use-query.ts';
import { FailureCard } from '../../design/failure-card.tsx';
import { PaneHeader } from '../../design/headers.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { nameOfSource } from './ledger-wording.ts';
import { closeSource, type ShownSource } from './shown-source.ts';

/** The source that was opened, beside the thread; over it in a narrow window. */
export function SourcePane() {
	const { shownSource } = useServices();
	const shown = useStore(shownSource);
	const width = useWindowWidth();
	if (shown === null) return null;
	const close = (): void => closeSource(shownSource);
	const label = t('Source {number}', { number: shown.number });
	if (width !== 'wide') {
		return (
			<Drawer open onClose={close} side="right" label={label} width={420}>
				<Source shown={shown} onClose={close} />
			</Drawer>
		);
	}
	return (
		<aside
			aria-label={label}
			data-region
			data-source-pane
			className="flex min-h-0 w-88 flex-none flex-col border-l border-line"
			onKeyDown={(event) => {
				if (event.key !== 'Escape') return;
				event.stopPropagation();
				close();
			}}
		>
			<Source shown={shown} onClose={close} />
		</aside>
	);
}

/** Characters around the passage. */
const around = 1_500;

interface Found {
	/** null: it was deleted. */
	readonly source: SentSource | null;
	readonly passage: string;
	/** Text of the document before and after the passage; null: the document has changed since, or is gone. */
	readonly beside: { readonly before: string; readonly after: string } | null;
}

async function find(client: Client, shown: ShownSource, signal: AbortSignal): Promise<Found> {
	const { source } = await client.conversations.source({ ...shown }, { signal });
	const passage = source === null ? '' : withoutDelimiters(source.text);
	if (source?.documentId == null || source.start === null || source.end === null || source.whole) {
		return { source, passage, beside: null };
	}
	const from = Math.max(0, source.start - around);
	try {
		const input = { id: source.documentId, start: from, length: source.end - from + around };
		const { text } = await client.documents.text(input, { signal });
		const own = text.slice(source.start - from, source.end - from);
		if (own.replaceAll('\f', '\n').trim() !== passage) return { source, passage, beside: null };
		return {
			source,
			passage,
			beside: { before: text.slice(0, source.start - from), after: text.slice(source.end - from) },
		};
	} catch {
		return { source, passage, beside: null };
	}
}

/** The first and the last line name the source to the model. */
function withoutDelimiters(text: string): string {
	return text.split('\n').slice(1, -1).join('\n');
}

function Source({ shown, onClose }: { shown: ShownSource; onClose: () => void }) {
	const { data, failure } = useQuery(`${shown.messageId} ${shown.number}`, (client, signal) =>
		find(client, shown, signal),
	);
	const heading = useRef<HTMLHeadingElement>(null);
	const mark = useRef<HTMLElement>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another source was opened
	useEffect(() => heading.current?.focus(), [shown]);
	useEffect(() => {
		if (data !== undefined) mark.current?.scrollIntoView({ block: 'center' });
	}, [data]);
	const source = data?.source ?? null;
	return (
		<>
			<PaneHeader heading={`[${shown.number}] ${source?.title ?? ''}`} headingRef={heading} onClose={onClose} />
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
			<div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-4 py-3.5 focus-visible:-outline-offset-2">
				{failure !== null ? (
					<FailureCard title={t('Couldn’t open this source')} failure={failure} />
				) : data === undefined ? null : source === null ? (
					<p className="text-ink-2">{t('This source was deleted, and its text with it. The answer stays.')}</p>
				) : (
					<>
						<p className="mb-3 text-xs text-ink-3" dir="auto">
							{[nameOfSource(source), ...source.heading.slice(0, -1)].join(' · ')}
						</p>
						<p className="foreign text-[13px]/5.5 whitespace-pre-wrap text-ink-3" dir="auto">
							{data.beside?.before.replaceAll('\f', '\n')}
							<mark ref={mark} className="rounded-xs bg-accent-soft font-normal text-ink">
								{data.passage}
							</mark>
							{data.beside?.after.replaceAll('\f', '\n')}
						</p>
						{data.beside === null && !source.whole ? (
							<p className="mt-3 text-xs text-ink-3">
								{t('The document has changed since. This is the passage as it was sent.')}
							</p>
						) : null}
					</>
				)}
			</div>
		</>
	);
}
