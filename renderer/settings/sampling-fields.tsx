import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Sampling } from '../../models/contract/sampling.ts';
import { leastEntry, samplingParameters, withDefaults } from '../../models/contract/sampling-parameters.ts';
import { Button } from '../design/button.tsx';
import { ChangedDot } from '../design/changed-dot.tsx';
import { Icon } from '../design/icon.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Slider } from '../design/slider.tsx';
import { t, translate } from '../messages/t.ts';
import { StopSequencesField } from './stop-sequences-field.tsx';

type Parameter = (typeof samplingParameters)[number];

const [sliders, numbers, advanced] = (['slider', 'number', 'advanced'] as const).map((field) =>
	samplingParameters.filter((parameter) => parameter.field === field),
) as [Parameter[], Parameter[], Parameter[]];

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
	const values = withDefaults(sampling);
	const usual = withDefaults(base);
	const numberField = (parameter: Parameter) => (
		<NumberField
			key={parameter.key}
			label={translate(parameter.label)}
			title={translate(parameter.help)}
			min={leastEntry(parameter)}
			max={parameter.max}
			step={parameter.step}
			value={values[parameter.key]}
			changed={values[parameter.key] !== usual[parameter.key]}
			onChange={(value) => onChange({ [parameter.key]: value ?? usual[parameter.key] })}
		/>
	);
	return (
		<>
			<div className="flex flex-col gap-[9px]">
				{sliders.map(({ key, label, help, min, max, step, slider }) => (
					<Slider
						key={key}
						label={translate(label)}
						title={translate(help)}
						min={slider?.min ?? min}
						max={slider?.max ?? max}
						step={slider?.step ?? step}
						value={values[key]}
						changed={values[key] !== usual[key]}
						onChange={(value) => onChange({ [key]: value })}
					/>
				))}
			</div>
			<div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
				{numbers.map(numberField)}
				<NumberField
					label={t('Answer limit')}
					min={1}
					max={1_000_000}
					empty={t('None')}
					value={sampling.maxTokens}
					changed={sampling.maxTokens !== base.maxTokens}
					onChange={(value) => onChange({ maxTokens: value })}
				/>
				<NumberField
					label={t('Seed')}
					min={0}
					max={0xffff_ffff}
					empty={t('Random')}
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
			{advanced.length === 0 ? null : (
				<AdvancedFields changed={advanced.some(({ key }) => values[key] !== usual[key])}>
					<div className="grid grid-cols-2 gap-x-3 gap-y-2.5">{advanced.map(numberField)}</div>
				</AdvancedFields>
			)}
		</>
	);
}

/** Rarely changed samplers, hidden at first, with a dot if any of them was changed. */
function AdvancedFields({ changed, children }: { changed: boolean; children: ReactNode }) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<Button size="sm" kind="ghost" className="-ml-2 self-start" aria-expanded={open} onClick={() => setOpen(!open)}>
				<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
				<span className="font-normal">
					{t('More samplers')}
					{changed ? <ChangedDot /> : null}
				</span>
			</Button>
			{open ? children : null}
		</>
	);
}
