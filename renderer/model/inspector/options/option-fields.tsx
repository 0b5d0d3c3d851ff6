import type { Fit } from '../../../../electron/contract/model/fit.ts';
import type { ModelOptions } from '../../../../electron/contract/model/own.ts';
import type { ModelFile } from '../../../../electron/contract/model.ts';
import { longestContext, maxParallelAnswers } from '../../../../models/contract/load-limits.ts';
import { NumberField } from '../../../design/field/number-field.tsx';
import { Segmented } from '../../../design/field/segmented.tsx';
import { Select } from '../../../design/field/select.tsx';
import { Slider } from '../../../design/field/slider.tsx';
import { Switch } from '../../../design/field/switch.tsx';
import { formatCount } from '../../../design/format.ts';
import { DeviceFields } from './device-fields.tsx';
import { AdapterFields, DraftingField } from './extra-fields.tsx';
import { FieldLabel } from './field-label.tsx';
import { PositionFields } from './position-fields.tsx';

type KvType = NonNullable<ModelOptions['keyType']>;

/** Cache types worth choosing on a CPU, and what each costs. */
const cacheTypes: readonly { value: KvType; words: string }[] = [
	{ value: 'F16', words: 'F16, exact' },
	{ value: 'Q8_0', words: 'Q8_0, half, hardly worse' },
	{ value: 'Q4_0', words: 'Q4_0, a quarter, often worse' },
];

/** Contexts go in steps of llama.cpp's own, tokens. */
const contextStep = 256;

/** Largest context that is offered, whatever a header says. */
const maxContext = 1_048_576;

/** The settings of a load. What is automatic is decided at each load. */
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
			<section aria-label="Context">
				<Slider
					label="Context size, tokens"
					value={shown}
					min={Math.min(512, most)}
					max={most}
					step={contextStep}
					changed={!auto}
					title="How much of a conversation the model sees at once. The KV cache grows with it."
					onChange={(next) => set({ contextSize: Math.min(next, most) })}
				/>
				<p className="mt-1 text-xs text-ink-3">
					{auto ? 'Automatic: up to 8,192, less where memory is short.' : `It was trained for ${formatCount(trained)}.`}
					{fit !== null && fit.largestContext > 0 && fit.largestContext < shown
						? ` Up to ${formatCount(fit.largestContext)} fits.`
						: ''}
				</p>
			</section>
			<section aria-label="KV cache">
				<FieldLabel of="KV cache" changed={keyType !== undefined && keyType !== 'F16'} />
				<Select
					label="Type of the KV cache"
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
			<section aria-label="Flash attention">
				<FieldLabel of="Flash attention" changed={flashAttention !== undefined && flashAttention !== 'auto'} />
				<Segmented
					label="Flash attention"
					value={flashAttention ?? 'auto'}
					onChange={(next) =>
						set({
							flashAttention: next === 'auto' ? undefined : next,
							// Values in blocks can't be had without it.
							...(next === 'off' ? { keyType: undefined, valueType: undefined } : {}),
						})
					}
					options={[
						{ value: 'auto', label: 'Automatic' },
						{ value: 'on', label: 'On' },
						{ value: 'off', label: 'Off' },
					]}
				/>
			</section>
			<div className="grid grid-cols-2 gap-3">
				<NumberField
					label="Threads"
					value={typeof options.threads === 'number' ? options.threads : null}
					min={1}
					max={256}
					empty="automatic"
					changed={typeof options.threads === 'number'}
					onChange={(next) => set({ threads: next === null ? undefined : Math.round(next) })}
				/>
				<NumberField
					label="Answers at once"
					value={typeof options.parallelAnswers === 'number' ? options.parallelAnswers : null}
					min={1}
					max={maxParallelAnswers}
					empty="up to 4"
					changed={typeof options.parallelAnswers === 'number'}
					onChange={(next) => set({ parallelAnswers: next === null ? undefined : Math.round(next) })}
				/>
				<NumberField
					label="Batch, tokens"
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
				label="Map the weights"
				description="Read from the file as they are needed, shared with other programs. Off: copied into memory."
				checked={options.mapWeights ?? true}
				changed={options.mapWeights === false}
				onChange={(on) => set({ mapWeights: on ? undefined : false })}
			/>
			<Switch
				label="Lock in memory"
				description="Never swapped out. Needs a system that allows it."
				checked={options.lockMemory ?? false}
				changed={options.lockMemory === true}
				onChange={(on) => set({ lockMemory: on ? true : undefined })}
			/>
			<PositionFields model={model} rope={options.rope} onChange={(rope) => set({ rope })} />
			<DraftingField model={model} drafting={options.drafting} onChange={(drafting) => set({ drafting })} />
			<AdapterFields
				model={model}
				adapters={options.adapters ?? []}
				onChange={(adapters) => set({ adapters: adapters.length === 0 ? undefined : [...adapters] })}
			/>
		</>
	);
}
