import { ArrowDownToLine, Box, Plus } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatList } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { AdapterList } from './adapter-list.tsx';
import { AddModelDialog } from './add-model-dialog.tsx';
import { Downloads } from './downloads.tsx';
import { contextSizes } from './fit-store.ts';
import { formatGigabytes, formatMemorySize } from './fit-wording.ts';
import { buildTree } from './model-rows.ts';
import { ModelTree } from './model-tree.tsx';
import { ScanCard } from './scan-card.tsx';
import type { TreeColumns } from './tree-columns.tsx';
import { useInspectedModel } from './use-inspected-model.ts';

/** The models on this computer, and the downloads that will join them. */
export function LibraryTab() {
	const { models, comparisons, evaluations } = useServices();
	const status = useStore(models.state, (state) => state.status);
	const failure = useStore(models.state, (state) => state.failure);
	const files = useStore(models.state, (state) => state.models);
	const figures = useStore(models.state, (state) => state.figures);
	const fits = useStore(models.fits.state, (state) => state.fits);
	const inMemory = useStore(models.state, ({ states }) =>
		Object.values(states)
			.map((one) => one.state)
			.join(' '),
	);
	const { filter, sorting, opened, open, dialog } = useStore(models.view);
	const selected = useInspectedModel();
	const scroller = useRef<HTMLDivElement>(null);
	const { setState } = models.view;
	const rows = useMemo(
		() => buildTree({ files, figures, fits, filter, sorting, opened, sum: open }),
		[files, figures, fits, filter, sorting, opened, open],
	);
	const columns = useMemo((): TreeColumns => {
		const known = files.flatMap(({ id }) => figures[id] ?? []);
		const divergence = known.some(({ divergences }) => divergences.length > 0);
		const accuracy = known.some(({ accuracies }) => accuracies.length > 0);
		const speed =
			files.some(({ tokensPerSecond }) => tokensPerSecond !== null) || known.some((one) => one.speed !== null);
		const speedError = known.some((one) => one.speed !== null);
		const count = 5 + [divergence, accuracy, speed].filter(Boolean).length;
		return { divergence, accuracy, speed, speedError, count };
	}, [files, figures]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is loaded and what there is decide what fits
	useEffect(() => void models.fits.refresh(), [models, files, inMemory]);
	const compared = useStore(comparisons.state, (state) =>
		state.comparisons.map(({ id, status }) => `${id} ${status}`).join(),
	);
	const evaluated = useStore(evaluations.state, ({ runs }) => runs.map(({ id, status }) => `${id} ${status}`).join());
	// biome-ignore lint/correctness/useExhaustiveDependencies: a comparison or a run that ends has measured something
	useEffect(() => void models.refreshFigures(), [models, compared, evaluated]);
	return (
		<div ref={scroller} className="relative flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
			{status === 'failed' && failure !== null ? (
				<FailureCard
					title={t('Couldn’t read the models')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void models.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			) : null}
			{status === 'loading' ? <Skeleton rows={4} /> : null}
			{files.length > 0 ? <MemoryLine /> : null}
			<Downloads />
			<ScanCard />
			{rows.length > 0 ? (
				<div className="@container">
					<ModelTree
						rows={rows}
						columns={columns}
						sorting={sorting}
						selected={selected?.id ?? null}
						scroller={scroller}
					/>
				</div>
			) : null}
			<AdapterList filter={filter} />
			{files.length > 0 && rows.length === 0 && filter.trim() !== '' ? (
				<EmptyState
					icon={Box}
					title={t('No results for “{filter}”', { filter: filter.trim() })}
					actions={
						<>
							<Button icon={ArrowDownToLine} onClick={() => setState({ tab: 'get' })}>
								{t('Search in Get models')}
							</Button>
							<Button kind="ghost" onClick={() => setState({ filter: '' })}>
								{t('Clear the filter')}
							</Button>
						</>
					}
				>
					{t('The filter searches names, quantisations, architectures and paths.')}
				</EmptyState>
			) : null}
			{files.length === 0 && status === 'ready' ? (
				<EmptyState
					icon={Box}
					title={t('No models yet')}
					actions={
						<>
							<Button kind="primary" icon={ArrowDownToLine} onClick={() => setState({ tab: 'get' })}>
								{t('Download a model')}
							</Button>
							<Button icon={Plus} onClick={() => setState({ dialog: { kind: 'add' } })}>
								{t('Add file or folder')}
							</Button>
						</>
					}
				>
					{t('A model is a GGUF file. Download one, or add those that are already on this computer.')}
				</EmptyState>
			) : null}
			<AddModelDialog
				open={dialog.kind === 'add'}
				onClose={() => setState({ dialog: { kind: 'none' } })}
				onAdded={(chosen) => setState({ chosen })}
			/>
		</div>
	);
}

/** Available memory and devices, and the context size that the badges assume. */
function MemoryLine() {
	const { models } = useServices();
	const memory = useStore(models.fits.state, (state) => state.memory);
	const devices = useStore(models.fits.state, (state) => state.devices);
	const contextSize = useStore(models.fits.state, (state) => state.contextSize);
	useEffect(() => void models.fits.lookAtDevices(), [models]);
	const gpus =
		devices?.filter(({ kind, absent }) => kind !== 'cpu' && absent === undefined).map(({ name }) => name) ?? [];
	return (
		<section aria-label={t('Memory')} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
			<p className="min-h-7.5 flex-1 basis-80 content-center">
				{memory === null ? null : (
					<>
						<Trans
							text="<free>{freeSize}</free> of {totalSize} is free for models."
							values={{
								freeSize: formatGigabytes(memory.freeBytes),
								totalSize: formatMemorySize(memory.totalBytes),
								free: (words) => <b className="font-semibold tabular-nums">{words}</b>,
							}}
						/>{' '}
						{gpus.length > 0
							? t('{devices} can be used.', { devices: formatList(gpus) })
							: devices === null
								? t('Models run on the processor.')
								: t('Models run on the processor; no GPU was found.')}
					</>
				)}
			</p>
			<div className="flex items-center gap-2 text-ink-2">
				{t('Fit for a context of')}
				<ChoiceMenu
					label={t('Context size for the fit')}
					value={String(contextSize)}
					options={contextSizes.map((size) => ({ value: String(size), words: formatCount(size) }))}
					onChange={(size) => models.fits.setContext(Number(size))}
				/>
			</div>
		</section>
	);
}
