import { Check, ChevronDown, ChevronUp, CornerUpRight, Pencil } from 'lucide-react';
import { useStore } from 'zustand';
import type { Sample } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { PaneBlock, PaneFact } from '../app/pane-block.tsx';
import { useQuery } from '../connection/use-query.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatDate } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
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
				<PaneHeader heading={t('New sample')} onClose={() => samples.edit('none')} />
				<SampleEditor key="new" sample={null} draft={emptyDraft} />
			</>
		);
	}
	const writing = editing === 'selected' && changeable;
	return (
		<>
			<PaneHeader
				heading={selected === null ? t('Sample') : t('Sample {count}', { count: formatCount(selected.index + 1) })}
				onClose={onClose}
			>
				<IconButton
					icon={ChevronUp}
					label={t('Previous sample')}
					keys="K"
					blocked={selected === null || selected.index === 0 ? t('First sample') : undefined}
					onClick={() => go(-1)}
				/>
				<IconButton
					icon={ChevronDown}
					label={t('Next sample')}
					keys="J"
					blocked={selected === null || selected.index >= total - 1 ? t('Last sample') : undefined}
					onClick={() => go(1)}
				/>
				{writing ? null : (
					<IconButton
						icon={Pencil}
						label={t('Edit sample')}
						keys="Enter"
						blocked={changeable ? undefined : t('Only the newest version can be edited')}
						onClick={() => samples.edit('selected')}
					/>
				)}
			</PaneHeader>
			{sample.status === 'loading' ? <Skeleton rows={5} className="p-4" /> : null}
			{sample.status === 'failed' ? (
				<div className="p-4">
					<FailureCard title={t('Couldn’t load the sample')} failure={sample.failure} />
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

/** Longer texts are cut to this length until edited, in characters. */
const shownCharacters = 20_000;

const roles = { system: t('System'), user: t('User'), assistant: t('Answer') } as const;

function nameTurn(role: keyof typeof roles, index: number, turns: number): string {
	return turns > 1 ? t('{role}, turn {number}', { role: roles[role], number: index + 1 }) : roles[role];
}

/** One sample: its input, its target and its source. */
function SampleView({ sample }: { sample: Sample }) {
	const { input, target, choices, tags, key, split, cluster, createdAt } = sample;
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
			<Origin sample={sample} />
			{typeof input === 'string' ? (
				<PaneBlock label={t('Input')}>
					<Text label={t('Input')} text={input} />
				</PaneBlock>
			) : (
				input.map(({ role, content }, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: turns stand in order and repeat
					<PaneBlock key={index} label={nameTurn(role, index, input.length)}>
						<Text label={roles[role]} text={content} />
					</PaneBlock>
				))
			)}
			{choices === null ? null : <Choices choices={choices} target={target} />}
			<PaneBlock label={t('Target')}>
				{target === null ? (
					<p className="text-ink-3">{t('None. Answers can be scored by judges or rules only.')}</p>
				) : (
					<Text label={t('Target')} text={target} />
				)}
			</PaneBlock>
			{tags.length === 0 ? null : (
				<PaneBlock label={t('Tags')}>
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
				<PaneFact label={t('Id')}>
					<span className="font-mono">{key}</span>
				</PaneFact>
				<PaneFact label={t('Split')}>{split}</PaneFact>
				{cluster === null ? null : <PaneFact label={t('Cluster')}>{cluster}</PaneFact>}
				<PaneFact label={t('Added')}>{formatDate(createdAt)}</PaneFact>
			</dl>
		</div>
	);
}

function Text({ label, text }: { label: string; text: string }) {
	return (
		<Scroller label={label} className="max-h-72 rounded-md border border-line bg-sunken px-2.5 py-2">
			<p className="foreign whitespace-pre-wrap" dir="auto">
				{text === '' ? <span className="text-ink-3">{t('Empty')}</span> : text.slice(0, shownCharacters)}
				{text.length > shownCharacters ? '…' : ''}
			</p>
		</Scroller>
	);
}

function Choices({ choices, target }: { choices: readonly string[]; target: string | null }) {
	return (
		<PaneBlock label={t('Choices')}>
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
								{t('Right', {}, 'correct')}
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
		<PaneBlock label={t('Variables for prompts')}>
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
					{t('Open conversation')}
				</Button>
			);
		case 'file':
			return (
				<p className="text-xs [overflow-wrap:anywhere] text-ink-3">
					{t('Row {row} of {file}', { row: formatCount(source.row), file: source.file })}
				</p>
			);
		case 'written':
			return <p className="text-xs text-ink-3">{t('Written in Assay')}</p>;
		case 'starter':
			return <p className="text-xs text-ink-3">{t('Included with Assay')}</p>;
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
