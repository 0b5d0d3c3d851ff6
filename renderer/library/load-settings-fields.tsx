import { RotateCcw } from 'lucide-react';
import { useStore } from 'zustand';
import type { Fit } from '../../electron/contract/library/fit.ts';
import type { ModelFile, ModelOptions } from '../../electron/contract/library/schema.ts';
import {
	canAdapt,
	canDraft,
	hasRotaryPositions,
	longestContext,
	maxParallelAnswers,
	ropeLimits,
} from '../../models/contract/load-limits.ts';
import { Button } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { NumberField } from '../design/number-field.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Select } from '../design/select.tsx';
import { Slider } from '../design/slider.tsx';
import { Switch } from '../design/switch.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { AdapterScale, AddAdapterMenu } from './adapter-scale.tsx';
import { DeviceFields, FieldLabel } from './device-fields.tsx';
import { EngineField } from './engine-field.tsx';

type KvType = NonNullable<ModelOptions['keyType']>;

/** Cache types that make sense on a CPU, with their costs. */
const cacheTypes: readonly { value: KvType; words: string }[] = [
	{ value: 'F16', words: t('F16, exact') },
	{ value: 'Q8_0', words: t('Q8_0, half the size, near lossless') },
	{ value: 'Q4_0', words: t('Q4_0, a quarter of the size, visible loss') },
];

/** Step of context sizes, as in llama.cpp, in tokens. */
const contextStep = 256;

/** Largest context offered, whatever a header claims. */
const maxContext = 1_048_576;

/** Load settings of a model. Automatic values are decided at each load. */
export function LoadSettingsFields({
	model,
	options,
	fit,
	onChange,
}: {
	model: ModelFile;
	options: ModelOptions;
	fit: Fit | null;
	onChange: (next: ModelOptions) => void;
}) {
	const trained = model.contextLength ?? 8192;
	const most = Math.min(maxContext, longestContext(trained, options.rope));
	const { contextSize, keyType, flashAttention } = options;
	const auto = contextSize === undefined || contextSize === 'auto';
	const shown = auto ? (fit?.options.contextSize ?? Math.min(8192, most)) : Math.min(contextSize, most);
	const set = (change: ModelOptions): void => {
		const merged = Object.entries({ ...options, ...change }).filter(([, value]) => value !== undefined);
		onChange(Object.fromEntries(merged) as ModelOptions);
	};
	return (
		<>
			<DeviceFields options={options} fit={fit} onChange={set} />
			<section aria-label={t('Context')}>
				<Slider
					label={t('Context size, tokens')}
					value={shown}
					min={Math.min(512, most)}
					max={most}
					step={contextStep}
					changed={!auto}
					title={t('How many tokens of a conversation the model sees at once. The KV cache grows with it.')}
					onChange={(next) => set({ contextSize: Math.min(next, most) })}
				/>
				<p className="mt-1 text-xs text-ink-3">
					{auto
						? t('Automatic: up to 8,192, less if memory is short.')
						: t('Trained for {trained}.', { trained: formatCount(trained) })}
					{fit !== null && fit.largestContext > 0 && fit.largestContext < shown
						? ` ${t('Up to {tokens} fits in memory.', { tokens: formatCount(fit.largestContext) })}`
						: ''}
				</p>
			</section>
			<section aria-label={t('KV cache')}>
				<FieldLabel of={t('KV cache')} changed={keyType !== undefined && keyType !== 'F16'} />
				<Select
					wide
					label={t('KV cache type')}
					value={keyType ?? 'F16'}
					options={cacheTypes}
					onChange={(next) =>
						set(
							next === 'F16'
								? { keyType: undefined, valueType: undefined }
								: {
										keyType: next,
										valueType: next,
										...(flashAttention === 'off' ? { flashAttention: undefined } : {}),
									},
						)
					}
				/>
			</section>
			<section aria-label={t('Flash attention')}>
				<FieldLabel of={t('Flash attention')} changed={flashAttention !== undefined && flashAttention !== 'auto'} />
				<Segmented
					label={t('Flash attention')}
					value={flashAttention ?? 'auto'}
					onChange={(next) =>
						set({
							flashAttention: next === 'auto' ? undefined : next,
							// Quantised values need flash attention.
							...(next === 'off' ? { keyType: undefined, valueType: undefined } : {}),
						})
					}
					options={[
						{ value: 'auto', label: t('Automatic') },
						{ value: 'on', label: t('On') },
						{ value: 'off', label: t('Off') },
					]}
				/>
			</section>
			<div className="grid grid-cols-2 gap-3">
				<NumberField
					label={t('Threads')}
					value={typeof options.threads === 'number' ? options.threads : null}
					min={1}
					max={256}
					empty={t('automatic')}
					changed={typeof options.threads === 'number'}
					onChange={(next) => set({ threads: next === null ? undefined : Math.round(next) })}
				/>
				<NumberField
					label={t('Parallel answers')}
					value={typeof options.parallelAnswers === 'number' ? options.parallelAnswers : null}
					min={1}
					max={maxParallelAnswers}
					empty={t('up to 8')}
					changed={typeof options.parallelAnswers === 'number'}
					onChange={(next) => set({ parallelAnswers: next === null ? undefined : Math.round(next) })}
				/>
				<NumberField
					label={t('Batch size, tokens')}
					value={options.batchSize ?? null}
					min={32}
					max={4096}
					step={32}
					empty="512"
					changed={options.batchSize !== undefined}
					onChange={(next) => set({ batchSize: next === null ? undefined : Math.round(next) })}
				/>
			</div>
			<Switch
				label={t('Memory-map the weights')}
				description={t('Read weights from the file on demand. If off, they are copied into memory.')}
				checked={options.mapWeights ?? true}
				changed={options.mapWeights === false}
				onChange={(on) => set({ mapWeights: on ? undefined : false })}
			/>
			<Switch
				label={t('Lock in memory')}
				description={t('Never swap the weights out. Your system must allow it.')}
				checked={options.lockMemory ?? false}
				changed={options.lockMemory === true}
				onChange={(on) => set({ lockMemory: on ? true : undefined })}
			/>
			<PositionFields model={model} rope={options.rope} onChange={(rope) => set({ rope })} />
			<EngineField model={model} engine={options.engine} onChange={(engine) => set({ engine })} />
			<DraftingField model={model} drafting={options.drafting} onChange={(drafting) => set({ drafting })} />
			<AdapterFields
				model={model}
				adapters={options.adapters ?? []}
				onChange={(adapters) => set({ adapters: adapters.length === 0 ? undefined : [...adapters] })}
			/>
		</>
	);
}

type Adapter = NonNullable<ModelOptions['adapters']>[number];

/** Names a file of the library, or a path outside it. */
function nameOf(files: readonly { readonly name: string; readonly path: string }[], path: string): string {
	return files.find((file) => file.path === path)?.name ?? path.split(/[\\/]/).at(-1) ?? path;
}

/** LoRA adapters on top of the weights, each with a scale. */
function AdapterFields({
	model,
	adapters,
	onChange,
}: {
	model: ModelFile;
	adapters: readonly Adapter[];
	onChange: (adapters: readonly Adapter[]) => void;
}) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const library = useStore(models.state, (state) => state.adapters);
	// Files that a scan found can be used without being imported.
	const known = [...library, ...files.filter(({ kind }) => kind === 'adapter')];
	const offered = [
		...library.filter(({ fits, problem }) => problem === null && fits.includes(model.id)),
		...files.filter((file) => canAdapt(model, file)),
	].filter(({ path }) => !adapters.some((adapter) => adapter.path === path));
	return (
		<section aria-label={t('LoRA adapters')} className="flex flex-col gap-2">
			<FieldLabel of={t('LoRA adapters')} changed={adapters.length > 0} />
			{adapters.length === 0 ? null : (
				<ul className="flex flex-col gap-2">
					{adapters.map((adapter, index) => (
						<AdapterScale
							key={adapter.path}
							name={nameOf(known, adapter.path)}
							scale={adapter.scale}
							onChange={(scale) => onChange(adapters.map((one, at) => (at === index ? { ...one, scale } : one)))}
							onRemove={() => onChange(adapters.filter((_, at) => at !== index))}
						/>
					))}
				</ul>
			)}
			{offered.length > 0 ? (
				<AddAdapterMenu
					offered={offered.map(({ path, name }) => ({ key: path, name }))}
					onAdd={(path) => onChange([...adapters, { path, scale: 1 }])}
				/>
			) : adapters.length === 0 ? (
				<p className="text-xs text-ink-3">
					{t('You have no LoRA adapter for {architecture} models.', { architecture: model.architecture })}
				</p>
			) : null}
		</section>
	);
}

/** Chooses whether several tokens are drafted at once, and by what. */
function DraftingField({
	model,
	drafting,
	onChange,
}: {
	model: ModelFile;
	drafting: ModelOptions['drafting'];
	onChange: (drafting: ModelOptions['drafting']) => void;
}) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const drafts = files.filter((file) => canDraft(model, file));
	const chosen = typeof drafting === 'object' ? drafting.path : (drafting ?? 'off');
	const unknown =
		typeof drafting === 'object' && !drafts.some(({ path }) => path === drafting.path)
			? [{ value: drafting.path, words: nameOf(files, drafting.path) }]
			: [];
	return (
		<section aria-label={t('Speculative decoding')}>
			<FieldLabel of={t('Speculative decoding')} changed={chosen !== 'off'} />
			<Select
				wide
				label={t('Speculative decoding')}
				value={chosen}
				options={[
					{ value: 'off', words: t('Off') },
					{ value: 'lookup', words: t('Prompt lookup') },
					...drafts.map(({ path, name, quantization }) => ({
						value: path,
						words: t('Draft model {name} {quantization}', { name, quantization }),
					})),
					...unknown,
				]}
				onChange={(next) => onChange(next === 'off' ? undefined : next === 'lookup' ? 'lookup' : { path: next })}
			/>
			<p className="mt-1 text-xs text-ink-3">
				{chosen === 'off'
					? t('Faster when answers repeat the prompt: code, summaries, corrections.')
					: t('The line under an answer shows how many drafted tokens were accepted. Answers may differ by rounding.')}
			</p>
		</section>
	);
}

/** RoPE overrides for a context longer than the model's training context. */
function PositionFields({
	model,
	rope = {},
	onChange,
}: {
	model: ModelFile;
	rope: ModelOptions['rope'];
	onChange: (rope: ModelOptions['rope']) => void;
}) {
	if (!hasRotaryPositions(model.architecture)) return null;
	const { frequencyScale, frequencyBase } = rope;
	const changed = frequencyScale !== undefined || frequencyBase !== undefined;
	const set = (change: NonNullable<ModelOptions['rope']>): void => {
		const kept = Object.entries({ ...rope, ...change }).filter(([, value]) => value !== undefined);
		onChange(kept.length === 0 ? undefined : Object.fromEntries(kept));
	};
	const reach = model.contextLength === null ? null : longestContext(model.contextLength, rope);
	return (
		<section aria-label={t('Positions')}>
			<FieldLabel of={t('Positions (RoPE)')} changed={changed} />
			<div className="grid grid-cols-2 gap-3">
				<NumberField
					label={t('Frequency scale')}
					value={frequencyScale ?? null}
					{...ropeLimits.scale}
					step={0.05}
					empty={t('from file')}
					changed={frequencyScale !== undefined}
					onChange={(next) => set({ frequencyScale: next ?? undefined })}
				/>
				<NumberField
					label={t('Base frequency')}
					value={frequencyBase ?? null}
					{...ropeLimits.base}
					step={10_000}
					empty={t('from file')}
					changed={frequencyBase !== undefined}
					onChange={(next) => set({ frequencyBase: next ?? undefined })}
				/>
			</div>
			<p className="mt-1 text-xs text-ink-3">
				{frequencyScale !== undefined && frequencyScale < 1 && reach !== null
					? t('Allows a context of up to {reach} tokens. The more it is stretched, the worse the answers.', {
							reach: formatCount(reach),
						})
					: t('For contexts beyond the trained length: a scale of 0.5 doubles it, at some loss of quality.')}
			</p>
			{changed ? (
				<Button size="sm" icon={RotateCcw} className="mt-1.5" onClick={() => onChange(undefined)}>
					{t('Use the file’s values')}
				</Button>
			) : null}
		</section>
	);
}
