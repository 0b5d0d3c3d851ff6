import { Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { Collection } from '../../../electron/contract/documents/schema.ts';
import type { ArmContext, DocumentContext } from '../../../electron/contract/evaluation/arm-context.ts';
import { Button, buttonClass, IconButton, textLinkClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { useServices } from '../../services.ts';
import { FormPart } from './form-part.tsx';
import { InlineCheckbox, InlineNumber } from './inline-fields.tsx';
import type { RunDraft } from './run-draft.ts';
import { type StarterCollection, useStarterCollection } from './starter-collection.ts';

type Overflow = NonNullable<ArmContext['overflow']>;
type SearchedCollection = Pick<Collection, 'id' | 'name' | 'vectors'>;
type LookUp = 'none' | DocumentContext['mode'];

const lookUps: readonly { value: LookUp; words: string }[] = [
	{ value: 'none', words: t('No documents') },
	{ value: 'retrieve', words: t('Passages of') },
	{ value: 'whole', words: t('All of') },
	{ value: 'auto', words: t('As in a chat with') },
];

const searches: readonly { value: DocumentContext['search']; words: string }[] = [
	{ value: 'hybrid', words: t('by words and meaning') },
	{ value: 'bm25', words: t('by words') },
	{ value: 'vector', words: t('by meaning') },
];

const overflows: readonly { value: 'none' | Overflow; words: string }[] = [
	{ value: 'none', words: t('Fail samples that don’t fit') },
	{ value: 'drop', words: t('Leave out the oldest messages') },
	{ value: 'summary', words: t('Summarise the oldest messages') },
	{ value: 'retrieve', words: t('Look up passages of the oldest messages') },
];

/** What goes into the prompts besides the samples, each a row of the result: documents, and what happens if a sample is too long. */
export function ContextPart({ draft, change }: { draft: RunDraft; change: (part: Partial<RunDraft>) => void }) {
	const { documents, layout } = useServices();
	const collections = useStore(documents.state, (state) => state.collections);
	const hasNone = useStore(documents.state, (state) => state.status === 'ready' && state.collections.length === 0);
	useEffect(() => void documents.refresh(), [documents]);
	const starter = useStarterCollection(draft.datasetId);
	const contexts = draft.contexts ?? [{}];
	const trigger = useRef<HTMLButtonElement>(null);
	const usesDocuments = contexts.some((context) => context.documents !== undefined);
	const put = (next: readonly ArmContext[]): void => {
		const isPlain = next.length === 1 && Object.keys(next[0] ?? {}).length === 0;
		change({ contexts: isPlain ? undefined : [...next] });
	};
	const add = (context: ArmContext): void => put([...contexts, context]);
	// Its button goes once there is something to compare, and would take the focus with it.
	const addStarter = async (starterCollection: StarterCollection): Promise<void> => {
		await starterCollection.add(put);
		trigger.current?.focus();
	};
	const [first] = collections;
	return (
		<FormPart
			title={t('Context')}
			hint={t('What prompts contain besides the samples.')}
			action={
				<Menu
					align="start"
					width={300}
					trigger={
						<button ref={trigger} type="button" className={`${buttonClass('ghost', 'sm')} -ml-2`}>
							<Icon of={Plus} size={14} />
							{t('Compare another context')}
						</button>
					}
				>
					{first === undefined ? null : (
						<>
							<MenuItem onSelect={() => add({ documents: retrieveFrom(first) })}>
								{t('Passages of a collection')}
							</MenuItem>
							<MenuItem onSelect={() => add({ documents: { ...retrieveFrom(first), mode: 'whole' } })}>
								{t('All of a collection')}
							</MenuItem>
						</>
					)}
					<MenuItem onSelect={() => add({ overflow: 'summary' })}>
						{t('Another policy for long conversations')}
					</MenuItem>
					<MenuItem onSelect={() => add({})}>{t('Nothing but the samples')}</MenuItem>
				</Menu>
			}
		>
			{contexts.map((context, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: two contexts may be alike while they are edited
				<div key={index} className="flex w-full items-start gap-x-3">
					<ContextFields
						number={index + 1}
						context={context}
						collections={collections}
						onChange={(next) => put(contexts.map((one, at) => (at === index ? next : one)))}
					/>
					{contexts.length === 1 ? null : (
						<IconButton
							icon={X}
							size="sm"
							label={t('Remove context {number}', { number: index + 1 })}
							onClick={() => {
								put(contexts.filter((_, at) => at !== index));
								trigger.current?.focus();
							}}
						/>
					)}
				</div>
			))}
			{hasNone ? (
				<p className="text-xs text-ink-2">
					<Trans
						text="To use documents, <link>add a collection</link> first."
						values={{
							link: (words) => (
								<button
									type="button"
									className={textLinkClass}
									onClick={() => layout.go({ section: 'documents', collectionId: null })}
								>
									{words}
								</button>
							),
						}}
					/>
				</p>
			) : null}
			{starter === null || (usesDocuments && !starter.isBusy) ? null : (
				<Button size="sm" busy={starter.isBusy ? t('Adding') : undefined} onClick={() => void addStarter(starter)}>
					{starter.isThere
						? t('Compare with and without the documents of this dataset')
						: t('Add the documents of this dataset, and compare with and without them')}
				</Button>
			)}
		</FormPart>
	);
}

/** The usual way to look things up in a collection: without vectors, by words is the only one. */
function retrieveFrom({ id, vectors }: SearchedCollection): DocumentContext {
	return { collectionId: id, mode: 'retrieve', k: 4, search: vectors === 0 ? 'bm25' : 'hybrid', rerank: null };
}

function ContextFields({
	number,
	context,
	collections,
	onChange,
}: {
	number: number;
	context: ArmContext;
	collections: readonly SearchedCollection[];
	onChange: (context: ArmContext) => void;
}) {
	const { documents, overflow } = context;
	const [first] = collections;
	const setDocuments = (next: DocumentContext | undefined): void => {
		const { documents: _, ...rest } = context;
		onChange(next === undefined ? rest : { ...rest, documents: next });
	};
	const setOverflow = (next: 'none' | Overflow): void => {
		const { overflow: _, ...rest } = context;
		onChange(next === 'none' ? rest : { ...rest, overflow: next });
	};
	return (
		<span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1.5">
			<Select
				label={t('Documents of context {number}', { number })}
				value={documents?.mode ?? 'none'}
				onChange={(mode) => {
					const chosen = documents ?? (first === undefined ? undefined : retrieveFrom(first));
					setDocuments(mode === 'none' || chosen === undefined ? undefined : { ...chosen, mode });
				}}
				options={lookUps.map((one) => ({ ...one, disabled: one.value !== 'none' && first === undefined }))}
			/>
			{documents === undefined ? null : (
				<Select
					label={t('Collection of context {number}', { number })}
					value={String(documents.collectionId)}
					onChange={(id) => {
						const chosen = collections.find((one) => one.id === Number(id));
						const search = chosen?.vectors === 0 ? 'bm25' : documents.search;
						setDocuments({ ...documents, collectionId: Number(id), search });
					}}
					options={collections.map(({ id, name }) => ({ value: String(id), words: name }))}
				/>
			)}
			{documents?.mode === 'retrieve' ? (
				<>
					<Select
						label={t('Search of context {number}', { number })}
						value={documents.search}
						onChange={(search) => setDocuments({ ...documents, search })}
						options={searches}
					/>
					<InlineNumber
						label={t('At most')}
						unit={t('passages')}
						value={documents.k}
						onChange={(k) => setDocuments({ ...documents, k })}
						min={1}
						max={24}
						empty={t('fit')}
						width={48}
					/>
				</>
			) : null}
			<Select
				label={t('Long conversations of context {number}', { number })}
				value={overflow ?? 'none'}
				onChange={setOverflow}
				options={overflows}
			/>
			<InlineCheckbox
				label={t('Remember facts')}
				checked={context.facts !== undefined}
				onChange={() => {
					const { facts, ...rest } = context;
					onChange(facts === undefined ? { ...rest, facts: 'found' } : rest);
				}}
			/>
		</span>
	);
}
