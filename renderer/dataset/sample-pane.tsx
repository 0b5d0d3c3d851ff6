import { Check, ChevronDown, ChevronUp, CornerUpRight, Pencil, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Sample } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { PaneBlock, PaneFact } from '../app/pane-block.tsx';
import { useQuery } from '../connection/use-query.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatDate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useServices } from '../services.ts';
import { isChangeable, shownVersion } from './dataset-store.ts';
import { emptyDraft, toSampleDraft } from './sample-draft.ts';
import { SampleEditor } from './sample-editor.tsx';

/** The selected sample, to read or edit, or a new one. */
export function SamplePane({ onClose }: { onClose: () => void }) {
	const { datasets, samples } = useServices();
	const editing = useStore(samples.state, (state) => state.editing);
	const selected = useStore(samples.state, (state) => state.selected);
	const total = useStore(samples.state, (state) => state.total) ?? 0;
	const versionId = useStore(samples.state, (state) => state.versionId);
	const revision = useStore(datasets.state, (state) => shownVersion(state)?.revision ?? 0);
	const changeable = useStore(datasets.state, isChangeable);
	const sample = useSample(versionId, selected?.id ?? null, revision);
	const go = (step: number) => void samples.select((selected?.index ?? 0) + step);
	if (editing === 'new') {
		return (
			<>
				<Head title="New sample" onClose={() => samples.edit('none')} />
				<SampleEditor key="new" sample={null} draft={emptyDraft} />
			</>
		);
	}
	const writing = editing === 'selected' && changeable;
	return (
		<>
			<Head title={selected === null ? 'Sample' : `Sample ${formatCount(selected.index + 1)}`} onClose={onClose}>
				<IconButton
					icon={ChevronUp}
					label="Previous sample"
					keys="K"
					blocked={selected === null || selected.index === 0 ? 'First sample' : undefined}
					onClick={() => go(-1)}
				/>
				<IconButton
					icon={ChevronDown}
					label="Next sample"
					keys="J"
					blocked={selected === null || selected.index >= total - 1 ? 'Last sample' : undefined}
					onClick={() => go(1)}
				/>
				{writing ? null : (
					<IconButton
						icon={Pencil}
						label="Edit sample"
						keys="Enter"
						blocked={changeable ? undefined : 'Only the newest version can be edited'}
						onClick={() => samples.edit('selected')}
					/>
				)}
			</Head>
			{sample.status === 'loading' ? <Skeleton rows={5} className="p-4" /> : null}
			{sample.status === 'failed' ? (
				<div className="p-4">
					<FailureCard title="Couldn’t load the sample" failure={sample.failure} />
				</div>
			) : null}
			{sample.status === 'ready' ? (
				writing && sample.sample.id === selected?.id ? (
					<SampleEditor key={sample.sample.id} sample={sample.sample} draft={toSampleDraft(sample.sample)} />
				) : (
					<SampleView sample={sample.sample} />
				)
			) : null}
		</>
	);
}

function Head({ title, onClose, children }: { title: string; onClose: () => void; children?: React.ReactNode }) {
	return (
		<header className="flex h-12 flex-none items-center gap-0.5 border-b border-line pr-2 pl-4">
			<h2 className="min-w-0 flex-1 truncate text-[14px] font-semibold tracking-[-0.006em]">{title}</h2>
			{children}
			<IconButton icon={X} label="Close" onClick={onClose} />
		</header>
	);
}

/** Longer texts are cut to this length until edited, in characters. */
const shownCharacters = 20_000;

const roles = { system: 'System', user: 'User', assistant: 'Answer' } as const;

/** One sample: its input, its target and its source. */
function SampleView({ sample }: { sample: Sample }) {
	const { input, target, choices, tags, key, split, cluster, createdAt } = sample;
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
			<Origin sample={sample} />
			{typeof input === 'string' ? (
				<PaneBlock label="Input">
					<Text label="Input" text={input} />
				</PaneBlock>
			) : (
				input.map(({ role, content }, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: turns stand in order and repeat
					<PaneBlock key={index} label={`${roles[role]}${input.length > 1 ? `, turn ${index + 1}` : ''}`}>
						<Text label={roles[role]} text={content} />
					</PaneBlock>
				))
			)}
			{choices === null ? null : <Choices choices={choices} target={target} />}
			<PaneBlock label="Target">
				{target === null ? (
					<p className="text-ink-3">None. Answers can be scored by judges or rules only.</p>
				) : (
					<Text label="Target" text={target} />
				)}
			</PaneBlock>
			{tags.length === 0 ? null : (
				<PaneBlock label="Tags">
					<p className="flex flex-wrap gap-1">
						{tags.map((tag) => (
							<Badge key={tag} tone="plain">
								{tag}
							</Badge>
						))}
					</p>
				</PaneBlock>
			)}
			<Variables variables={sample.variables} />
			<dl className="flex flex-col gap-1 border-t border-line pt-3 text-xs">
				<PaneFact label="Id">
					<span className="font-mono">{key}</span>
				</PaneFact>
				<PaneFact label="Split">{split}</PaneFact>
				{cluster === null ? null : <PaneFact label="Cluster">{cluster}</PaneFact>}
				<PaneFact label="Added">{formatDate(createdAt)}</PaneFact>
			</dl>
		</div>
	);
}

function Text({ label, text }: { label: string; text: string }) {
	return (
		<Scroller label={label} className="max-h-72 rounded-md border border-line bg-sunken px-2.5 py-2">
			<p className="foreign whitespace-pre-wrap" dir="auto">
				{text === '' ? <span className="text-ink-3">Empty</span> : text.slice(0, shownCharacters)}
				{text.length > shownCharacters ? '…' : ''}
			</p>
		</Scroller>
	);
}

function Choices({ choices, target }: { choices: readonly string[]; target: string | null }) {
	return (
		<PaneBlock label="Choices">
			<ol className="flex flex-col gap-1">
				{choices.map((choice, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: choices stand in order and may repeat
					<li key={index} className="flex items-start gap-2">
						<span className="w-4 flex-none font-mono text-xs/5 text-ink-3">{letterOf(index)}</span>
						<span className="foreign min-w-0 flex-1" dir="auto">
							{choice}
						</span>
						{choice === target ? (
							<span className="inline-flex flex-none items-center gap-1 text-xs/5 text-good">
								<Icon of={Check} size={12} />
								Right
							</span>
						) : null}
					</li>
				))}
			</ol>
		</PaneBlock>
	);
}

function letterOf(index: number): string {
	return index < 26 ? String.fromCodePoint(65 + index) : String(index + 1);
}

function Variables({ variables }: { variables: Sample['variables'] }) {
	const entries = Object.entries(variables);
	if (entries.length === 0) return null;
	return (
		<PaneBlock label="Variables for prompts">
			<dl className="grid grid-cols-[minmax(0,max-content)_minmax(0,1fr)] gap-x-3 gap-y-1 text-xs">
				{entries.map(([name, value]) => (
					<div key={name} className="contents">
						<dt className="max-w-28 truncate font-mono text-ink-2" title={name}>
							{name}
						</dt>
						<dd className="truncate" dir="auto" title={value.slice(0, 1_000)}>
							{value.slice(0, 400)}
						</dd>
					</div>
				))}
			</dl>
		</PaneBlock>
	);
}

function Origin({ sample: { source } }: { sample: Sample }) {
	const { layout } = useServices();
	switch (source.kind) {
		case 'message':
			return (
				<Button
					icon={CornerUpRight}
					className="self-start"
					onClick={() => {
						layout.set({ target: source.messageId });
						layout.go({ section: 'chat', conversationId: source.conversationId });
					}}
				>
					Open conversation
				</Button>
			);
		case 'file':
			return (
				<p className="text-xs [overflow-wrap:anywhere] text-ink-3">
					Row {formatCount(source.row)} of {source.file}
				</p>
			);
		case 'written':
			return <p className="text-xs text-ink-3">Written in Assay</p>;
		case 'starter':
			return <p className="text-xs text-ink-3">Included with Assay</p>;
	}
}

export type SampleState =
	| { readonly status: 'loading' }
	| { readonly status: 'ready'; readonly sample: Sample }
	| { readonly status: 'failed'; readonly failure: FailureFacts };

/**
 * Loads a complete sample and keeps the previous one until it arrives. `revision` of its version: a change loads it
 * again.
 */
function useSample(versionId: number | null, sampleId: number | null, revision: number): SampleState {
	const known = versionId !== null && sampleId !== null;
	const { data: sample, failure } = useQuery(
		known ? JSON.stringify([versionId, sampleId, revision]) : null,
		(client, signal) => client.datasets.samples.get({ versionId: versionId ?? 0, sampleId: sampleId ?? 0 }, { signal }),
	);
	if (failure !== null) return { status: 'failed', failure };
	return sample === undefined ? { status: 'loading' } : { status: 'ready', sample };
}
