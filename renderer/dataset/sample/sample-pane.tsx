import { ChevronDown, ChevronUp, Pencil, X } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { isChangeable, shownVersion } from '../datasets.ts';
import { emptyDraft, toSampleDraft } from './edit/sample-draft.ts';
import { SampleEditor } from './edit/sample-editor.tsx';
import { SampleView } from './sample-view.tsx';
import { useSample } from './use-sample.ts';

/** The sample that is looked at, to be read or written; or a new one. */
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
					blocked={selected === null || selected.index === 0 ? 'This is the first' : undefined}
					onClick={() => go(-1)}
				/>
				<IconButton
					icon={ChevronDown}
					label="Next sample"
					keys="J"
					blocked={selected === null || selected.index >= total - 1 ? 'This is the last' : undefined}
					onClick={() => go(1)}
				/>
				{writing ? null : (
					<IconButton
						icon={Pencil}
						label="Edit sample"
						keys="Enter"
						blocked={changeable ? undefined : 'An earlier version never changes'}
						onClick={() => samples.edit('selected')}
					/>
				)}
			</Head>
			{sample.status === 'loading' ? <Skeleton rows={5} className="p-4" /> : null}
			{sample.status === 'failed' ? (
				<div className="p-4">
					<FailureCard title="The sample could not be read" failure={sample.failure} />
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
