import { Check, Ellipsis, Trash2, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ModelFile, ModelLoad, ModelState } from '../../electron/contract/library/schema.ts';
import { engineLabels, engineOfBuild } from '../../models/contract/engine-names.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Inspection } from '../../models/contract/inspection.ts';
import type { Capabilities } from '../../models/contract/load.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, iconButtonClass } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import {
	formatBytes,
	formatCount,
	formatDuration,
	formatFullTime,
	formatPercentage,
	formatRate,
} from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu } from '../design/menu.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { sentences } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { EngineLimits } from './engine-limits.tsx';
import { FilePart } from './file-part.tsx';
import { formatDeviation, formatGigabytes } from './fit-wording.ts';
import { Fact, headClass } from './inspector-fact.tsx';
import { LoadSettingsPart } from './load-settings-part.tsx';
import { MeasuredPart } from './measured-part.tsx';
import { groupOf } from './model-rows.ts';
import { cannotChat, FileMenuItems } from './row-actions.tsx';
import { useLoads } from './use-loads.ts';

/** One model in detail: load it, make it the default, its file, its load settings and its load history. */
export function ModelInspector({
	model,
	onRemove,
	onClose,
}: {
	model: ModelFile;
	onRemove: () => void;
	onClose?: (() => void) | undefined;
}) {
	const { models } = useServices();
	const part = useStore(models.view, (view) => view.part);
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const usable = model.problem === null && model.kind === 'model';
	const shown = usable ? part : 'file';
	return (
		<>
			<PaneHeader
				heading={
					<span className="flex items-baseline gap-1.5">
						<span className="truncate">{model.name}</span>
						<span className="flex-none font-mono text-xs font-normal text-ink-2">{model.quantization}</span>
					</span>
				}
				hint={model.name}
				onClose={onClose}
			>
				<Actions model={model} onRemove={onRemove} />
			</PaneHeader>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5 *:flex-none">
				{usable ? <LoadButtons model={model} /> : null}
				{model.problem === null ? null : (
					<FailureCard
						title={t('This file can’t be used')}
						failure={model.problem}
						actions={
							<Button size="sm" icon={Trash2} onClick={onRemove}>
								{t('Remove')}
							</Button>
						}
					/>
				)}
				{state?.state === 'unloaded' && state.failure !== null ? (
					<FailureCard
						title={t('The model stopped working')}
						failure={state.failure}
						actions={
							<>
								<Button size="sm" onClick={() => void models.load(model.id)}>
									{t('Load again')}
								</Button>
								<Button size="sm" onClick={() => void models.load(model.id, { safe: true })}>
									{t('Load with safe settings')}
								</Button>
							</>
						}
					/>
				) : null}
				{usable ? (
					<div className="flex [&_label]:flex-1 [&_label]:justify-center [&>fieldset]:flex-1">
						<Segmented
							label={t('Details')}
							value={shown}
							onChange={(next) => models.view.setState({ part: next })}
							options={[
								{ value: 'file', label: t('File') },
								{ value: 'settings', label: t('Settings') },
								{ value: 'history', label: t('History') },
							]}
						/>
					</div>
				) : null}
				{shown === 'file' ? (
					<>
						{state?.state === 'loaded' ? <LoadedFacts state={state} /> : null}
						<MeasuredPart model={model} />
						<Inspected model={model} />
					</>
				) : shown === 'settings' ? (
					<LoadSettingsPart model={model} />
				) : (
					<LoadHistoryPart model={model} />
				)}
			</div>
		</>
	);
}

function Actions({ model, onRemove }: { model: ModelFile; onRemove: () => void }) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const group = groupOf(files, model);
	return (
		<Menu
			trigger={
				<button type="button" aria-label={t('Model actions')} className={iconButtonClass()}>
					<Icon of={Ellipsis} />
				</button>
			}
		>
			<FileMenuItems file={model} group={group} onRemove={onRemove} />
		</Menu>
	);
}

function LoadButtons({ model }: { model: ModelFile }) {
	const { models, toasts } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const loading = state?.state === 'loading';
	const fraction = loading ? state.progress.fraction : null;
	const guard = (work: Promise<unknown>) => void work.catch((error: unknown) => toasts.fail(toFailure(error).message));
	return (
		<div className="flex gap-2">
			{state?.state === 'loaded' ? (
				<Button className="flex-1" onClick={() => guard(models.unload(model.id))}>
					{t('Unload')}
				</Button>
			) : (
				<Button
					kind="primary"
					className="flex-1"
					busy={
						!loading
							? undefined
							: fraction === null
								? t('Loading')
								: t('Loading, {percent}', { percent: formatPercentage(Math.floor(fraction * 100)) })
					}
					onClick={() => void models.load(model.id)}
				>
					{t('Load')}
				</Button>
			)}
			{model.default ? null : (
				<Button blocked={model.chat ? undefined : cannotChat} onClick={() => guard(models.setDefault(model.id))}>
					{t('Set as default')}
				</Button>
			)}
		</div>
	);
}

function Inspected({ model }: { model: ModelFile }) {
	const { connection } = useServices();
	const [inspection, setInspection] = useState<Inspection | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	useEffect(() => {
		let current = true;
		setInspection(null);
		setFailure(null);
		connection.client.models.inspect({ path: model.path }).then(
			(result) => current && setInspection(result),
			(error: unknown) => current && setFailure(toFailure(error)),
		);
		return () => {
			current = false;
		};
	}, [model.path, connection]);
	if (failure !== null && model.problem === null)
		return <FailureCard title={t('Couldn’t read the file')} failure={failure} />;
	return <FilePart model={model} inspection={inspection} />;
}

/** Measured facts about a loaded model. */
function LoadedFacts({ state }: { state: Extract<ModelState, { state: 'loaded' }> }) {
	const { capabilities } = state;
	const trials = capabilities.threadTrials.toSorted((a, b) => a.threads - b.threads);
	return (
		<section aria-label={t('Loaded')}>
			<h3 className={headClass}>{t('Loaded')}</h3>
			<dl>
				<Fact name={t('Runs on')}>{capabilities.gpu?.device ?? t('Processor')}</Fact>
				{capabilities.gpu === undefined ? null : (
					<>
						<Fact name={t('Layers on the GPU')}>
							{t('{done} of {total}', {
								done: formatCount(capabilities.gpu.layers),
								total: formatCount(capabilities.gpu.ofLayers),
							})}
						</Fact>
						<Fact name={t('GPU memory')}>{formatBytes(capabilities.gpu.usedBytes)}</Fact>
					</>
				)}
				<Fact name={t('Memory')}>{formatBytes(state.residentBytes)}</Fact>
				<Fact name={t('Context')}>
					{t('{tokens, plural, one {# token} other {# tokens}}', { tokens: capabilities.contextSize })}
				</Fact>
				<Fact name={t('Parallel answers')}>
					{capabilities.parallelAnswers === 1
						? '1'
						: t('up to {count}', { count: formatCount(capabilities.parallelAnswers) })}
				</Fact>
				<Fact name={t('Threads')}>{formatCount(capabilities.threads)}</Fact>
				{trials.map(({ threads, tokensPerSecond }) => (
					<Fact key={threads} name={t('With {threads, plural, one {# thread} other {# threads}}', { threads })}>
						{formatRate(tokensPerSecond)}
					</Fact>
				))}
				<Fact name={t('Load time')}>{formatDuration(capabilities.loadMs)}</Fact>
				<Fact name={t('Engine')}>
					{capabilities.engine === 'node-llama-cpp'
						? capabilities.engineBuild
						: capabilities.engineBuild.replace(/^.*\((.*)\)$/, '$1')}
				</Fact>
			</dl>
			{capabilities.engine === 'node-llama-cpp' ? <OtherEngine capabilities={capabilities} /> : null}
			{capabilities.gpuFailure === undefined ? null : (
				<p className="mt-1 text-xs text-warn">
					{t('{message} The processor does all the work instead. {steps}', {
						message: capabilities.gpuFailure.message,
						steps: sentences(capabilities.gpuFailure.next),
					})}
				</p>
			)}
		</section>
	);
}

/** Why node-llama-cpp answers, and what is off with it. */
function OtherEngine({ capabilities: { engineFailure, limits = [] } }: { capabilities: Capabilities }) {
	return (
		<div className="mt-1 flex flex-col gap-0.5 text-xs text-ink-3">
			<p className={engineFailure === undefined ? '' : 'text-warn'}>
				{engineFailure === undefined
					? t('node-llama-cpp answers, as chosen in the load settings.')
					: t('node-llama-cpp answers instead of llama.cpp’s C API. {message}', { message: engineFailure.message })}
			</p>
			<EngineLimits limits={limits} />
		</div>
	);
}

/** Loads of the model on this computer: estimated and measured memory, and speed. */
function LoadHistoryPart({ model }: { model: ModelFile }) {
	const loads = useLoads(model);
	if (loads === undefined) return <Skeleton rows={3} />;
	if (loads.length === 0) {
		return (
			<p className="text-ink-2">
				{t(
					'Not loaded on this computer yet. Each load records estimated and measured memory, and corrects the next estimate.',
				)}
			</p>
		);
	}
	return (
		<ol aria-label={t('Loads, newest first')} className="flex flex-col">
			{loads.map((load) => (
				<li key={load.id} className="border-b border-line py-2 first:pt-0 last:border-b-0">
					<Load load={load} />
				</li>
			))}
		</ol>
	);
}

function Load({ load }: { load: ModelLoad }) {
	const { failure, predictedBytes, measuredBytes } = load;
	const figures = [
		load.contextSize === null
			? null
			: t('{tokens, plural, one {# token} other {# tokens}} of context', { tokens: load.contextSize }),
		load.loadMs === null ? null : t('loaded in {time}', { time: formatDuration(load.loadMs) }),
		load.threads === null ? null : t('{threads, plural, one {# thread} other {# threads}}', { threads: load.threads }),
		load.tokensPerSecond === null || load.tokensPerSecond === 0 ? null : formatRate(load.tokensPerSecond),
		engineOfBuild(load.engineBuild) === 'c-api' ? null : engineLabels['node-llama-cpp'],
	].filter((part) => part !== null);
	return (
		<>
			<p className="flex flex-wrap items-center gap-x-1.5">
				<Icon
					of={failure === null ? Check : TriangleAlert}
					size={14}
					className={failure === null ? 'text-good' : 'text-bad'}
				/>
				<span className="font-medium">{failure === null ? t('Loaded') : t('Load failed')}</span>
				<span className="flex-1 text-right text-xs whitespace-nowrap text-ink-3">{formatFullTime(load.at)}</span>
			</p>
			{failure === null ? null : <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">{failure.message}</p>}
			{figures.length === 0 ? null : <p className="text-xs text-ink-2 tabular-nums">{figures.join(' · ')}</p>}
			{predictedBytes === null || measuredBytes === null ? null : (
				<p className="text-xs text-ink-2 tabular-nums">
					{t('Memory estimated {estimated}, measured {measured} ({difference})', {
						estimated: formatGigabytes(predictedBytes),
						measured: formatGigabytes(measuredBytes),
						difference: formatDeviation(predictedBytes, measuredBytes),
					})}
				</p>
			)}
		</>
	);
}
