import type { ReactNode } from 'react';
import type { Sampling } from '../../models/contract/sampling.ts';
import { NumberField } from '../design/number-field.tsx';
import { Slider } from '../design/slider.tsx';
import { StopSequencesField } from './stop-sequences-field.tsx';

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

/** Sampling parameters. A dot marks those that differ from `base`. */
export function SamplingFields({
	sampling,
	base,
	onChange,
	children,
}: {
	sampling: Sampling;
	base: Sampling;
	onChange: (part: Partial<Sampling>) => void;
	/** Further fields in the grid of numbers. */
	children?: ReactNode;
}) {
	return (
		<>
			<div className="flex flex-col gap-[9px]">
				{sliders.map(({ key, ...slider }) => (
					<Slider
						key={key}
						{...slider}
						value={sampling[key]}
						changed={sampling[key] !== base[key]}
						onChange={(value) => onChange({ [key]: value })}
					/>
				))}
			</div>
			<div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
				<NumberField
					label="Top-k"
					min={0}
					max={1000}
					value={sampling.topK}
					changed={sampling.topK !== base.topK}
					onChange={(value) => onChange({ topK: value ?? base.topK })}
				/>
				<NumberField
					label="Answer limit"
					min={1}
					max={1_000_000}
					empty="None"
					value={sampling.maxTokens}
					changed={sampling.maxTokens !== base.maxTokens}
					onChange={(value) => onChange({ maxTokens: value })}
				/>
				<NumberField
					label="Seed"
					min={0}
					max={0xffff_ffff}
					empty="Random"
					value={sampling.seed}
					changed={sampling.seed !== base.seed}
					onChange={(value) => onChange({ seed: value })}
				/>
				{children}
			</div>
			<StopSequencesField
				stop={sampling.stop}
				changed={JSON.stringify(sampling.stop) !== JSON.stringify(base.stop)}
				onChange={(stop) => onChange({ stop })}
			/>
		</>
	);
}
