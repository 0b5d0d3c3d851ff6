import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Chunk, Collection, CollectionSettings } from '../../electron/contract/documents/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatCount } from '../design/format.ts';
import { NumberField } from '../design/number-field.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Select } from '../design/select.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Switch } from '../design/switch.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Chunks of the preview. */
const previewed = 30;

/** Pause after a change before the preview follows, in ms. */
const previewPauseMs = 250;

/** How the documents of a collection are cut and found, with a preview on one of them. */
export function CollectionSettingsDialog({ collection, onClose }: { collection: Collection; onClose: () => void }) {
	const { documents } = useServices();
	const models = useStore(documents.state, (state) => state.models);
	const readable =
		useStore(documents.state, (state) => state.documents)?.filter(({ state }) => state === 'ready') ?? [];
	const [settings, setSettings] = useState<CollectionSettings>(collection.settings);
	const [documentId, setDocumentId] = useState<number | null>(readable[0]?.id ?? null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<string>();
	const change = (next: Partial<CollectionSettings>) => setSettings((before) => ({ ...before, ...next }));
	async function save(): Promise<void> {
		setBusy(true);
		try {
			await documents.setSettings(collection.id, settings);
			onClose();
		} catch (failure) {
			setError(toFailure(failure).message);
			setBusy(false);
		}
	}
	const isChanged = JSON.stringify(settings) !== JSON.stringify(collection.settings);
	return (
		<Dialog
			open
			onClose={onClose}
			tall
			width={760}
			title={t('{name} settings', { name: collection.name })}
			text={t('Documents are cut into passages along headings, paragraphs and sentences. A search returns passages.')}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button
						kind="primary"
						busy={busy ? t('Saving') : undefined}
						blocked={isChanged ? undefined : t('Nothing was changed')}
						onClick={() => void save()}
					>
						{t('Save and index again')}
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-5">
				<div className="flex flex-col gap-4">
					<div className="grid grid-cols-2 gap-3">
						<NumberField
							label={t('Longest passage (tokens)')}
							title={t('Short passages are found more precisely; long ones are easier to understand on their own.')}
							min={16}
							max={4_096}
							value={settings.chunkTokens}
							changed={settings.chunkTokens !== 254}
							onChange={(value) => value !== null && change({ chunkTokens: value })}
						/>
						<NumberField
							label={t('Overlap (tokens)')}
							title={t('How much of the previous passage each passage repeats.')}
							min={0}
							max={1_024}
							value={settings.overlapTokens}
							changed={settings.overlapTokens !== 32}
							onChange={(value) => value !== null && change({ overlapTokens: value })}
						/>
					</div>
					<Switch
						label={t('Search by meaning')}
						description={t('Needs an embedding model. Without one, only words are searched.')}
						checked={settings.vectors}
						onChange={(vectors) => change({ vectors })}
					/>
					{settings.vectors && models.length > 0 ? (
						<div className="flex items-center gap-3">
							<span aria-hidden className="flex-1">
								{t('Embedding model')}
							</span>
							<Select
								label={t('Embedding model')}
								value={String(settings.embeddingModelId ?? '')}
								onChange={(value) => change({ embeddingModelId: value === '' ? null : Number(value) })}
								options={[
									{ value: '', words: t('Default') },
									...models.map(({ modelFileId, name }) => ({ value: String(modelFileId), words: name })),
								]}
							/>
						</div>
					) : null}
					{error === undefined ? null : (
						<p role="alert" className="text-xs text-bad">
							{error}
						</p>
					)}
				</div>
				<section aria-label={t('Preview')} className="min-w-0">
					<div className="mb-2 flex items-center gap-2">
						<h3 className="flex-1 font-semibold">{t('Preview')}</h3>
						{readable.length === 0 ? null : (
							<Select
								label={t('Document of the preview')}
								value={String(documentId ?? '')}
								onChange={(value) => setDocumentId(Number(value))}
								options={readable.map(({ id, title }) => ({ value: String(id), words: title }))}
							/>
						)}
					</div>
					{documentId === null ? (
						<p className="text-ink-3">{t('Add a document to see its passages here.')}</p>
					) : (
						<Preview documentId={documentId} settings={settings} />
					)}
				</section>
			</div>
		</Dialog>
	);
}

function Preview({ documentId, settings }: { documentId: number; settings: CollectionSettings }) {
	const { connection } = useServices();
	const [found, setFound] = useState<{ readonly chunks: readonly Chunk[]; readonly total: number } | null>(null);
	const [error, setError] = useState<string>();
	useEffect(() => {
		let isCurrent = true;
		const timer = setTimeout(() => {
			connection.client.documents.previewChunks({ id: documentId, settings, limit: previewed }).then(
				(result) => {
					if (!isCurrent) return;
					setFound(result);
					setError(undefined);
				},
				(failure: unknown) => isCurrent && setError(toFailure(failure).message),
			);
		}, previewPauseMs);
		return () => {
			isCurrent = false;
			clearTimeout(timer);
		};
	}, [connection, documentId, settings]);
	if (error !== undefined) return <p className="text-xs text-bad">{error}</p>;
	if (found === null) return <Skeleton rows={5} />;
	return (
		<>
			<p className="mb-2 text-xs text-ink-3 tabular-nums">
				{t('{count, plural, one {# passage} other {# passages}}', { count: found.total })}
			</p>
			<Scroller label={t('Passages of the document')} className="max-h-[min(44vh,420px)] rounded-lg border border-line">
				<ol>
					{found.chunks.map((chunk) => (
						<li key={chunk.position} className="border-b border-line px-3 py-2 last:border-b-0">
							<ChunkText chunk={chunk} />
						</li>
					))}
				</ol>
			</Scroller>
		</>
	);
}

/** A passage as it is indexed: where it stands, what explains it, and its text. */
export function ChunkText({ chunk }: { chunk: Chunk }) {
	return (
		<>
			<p className="flex gap-2 text-2xs text-ink-3 tabular-nums">
				<span className="min-w-0 flex-1 truncate">{chunk.heading.join(' › ')}</span>
				{chunk.page === null ? null : <span className="flex-none">{t('page {page}', { page: chunk.page })}</span>}
				<span className="flex-none">
					{t('{count, plural, one {{shown} token} other {{shown} tokens}}', {
						count: chunk.tokens,
						shown: formatCount(chunk.tokens),
					})}
				</span>
			</p>
			<p className="mt-0.5 text-xs/[1.5] whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{chunk.text}</p>
		</>
	);
}
