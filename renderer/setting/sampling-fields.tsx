import { useStore } from 'zustand';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { NumberField } from '../design/field/number-field.tsx';
import { Slider } from '../design/field/slider.tsx';
import { useServices } from '../services.ts';

const sliders = [
	{
		key: 'temperature',
		label: 'Temperature',
		min: 0,
		max: 2,
		step: 0.05,
		title: 'How freely the next token is drawn. 0 always takes the likeliest.',
	},
	{
		key: 'topP',
		label: 'Top-p',
		min: 0.05,
		max: 1,
		step: 0.01,
		title: 'Draws from the likeliest tokens that together reach this share. 1 switches it off.',
	},
	{
		key: 'minP',
		label: 'Min-p',
		min: 0,
		max: 1,
		step: 0.01,
		title: 'Leaves out tokens less likely than this share of the likeliest one. 0 switches it off.',
	},
	{
		key: 'repeatPenalty',
		label: 'Repeat penalty',
		min: 0.5,
		max: 2,
		step: 0.05,
		title: 'Makes the last 64 tokens less likely. 1 switches it off.',
	},
] as const;

/** How the next token is chosen: the same for every new answer. A dot marks what differs from the default. */
export function SamplingFields() {
	const { settings } = useServices();
	const sampling = useStore(settings.state, (state) => state.sampling);
	const change = (part: Partial<Sampling>) =>
		settings.change({ sampling: { ...settings.state.getState().sampling, ...part } });
	return (
		<>
			<div className="flex flex-col gap-[9px]">
				{sliders.map(({ key, ...slider }) => (
					<Slider
						key={key}
						{...slider}
						value={sampling[key]}
						changed={sampling[key] !== defaultSampling[key]}
						onChange={(value) => change({ [key]: value })}
					/>
				))}
			</div>
			<div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
				<NumberField
					label="Top-k"
					min={0}
					max={1000}
					value={sampling.topK}
					changed={sampling.topK !== defaultSampling.topK}
					onChange={(value) => change({ topK: value ?? defaultSampling.topK })}
				/>
				<NumberField
					label="Answer limit"
					min={1}
					max={1_000_000}
					empty="None"
					value={sampling.maxTokens}
					changed={sampling.maxTokens !== null}
					onChange={(value) => change({ maxTokens: value })}
				/>
				<NumberField
					label="Seed"
					min={0}
					max={0xffff_ffff}
					empty="Random"
					value={sampling.seed}
					changed={sampling.seed !== null}
					onChange={(value) => change({ seed: value })}
				/>
			</div>
		</>
	);
}
