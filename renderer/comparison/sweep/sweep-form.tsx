import type { SweepChoices, SweepInput } from '../../../electron/contract/comparison/sweep.ts';
import { Switch } from '../../design/field/switch.tsx';
import { CheckboxGroup } from '../plan/choices.tsx';

type Input = Omit<SweepInput, 'id'>;

/** What is to be measured. */
export function SweepForm({
	offered,
	input,
	estimate,
	onChange,
}: {
	offered: SweepChoices['offered'];
	input: Input;
	estimate: string;
	onChange: (change: Partial<Input>) => void;
}) {
	return (
		<div className="flex flex-col gap-4">
			<CheckboxGroup
				inline
				legend="Threads"
				options={offered.threads.map((value) => ({ value, label: String(value) }))}
				chosen={new Set(input.threads)}
				onChange={(chosen) => onChange({ threads: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend="Batch, tokens of one decode"
				options={offered.batchSizes.map((value) => ({ value, label: value.toLocaleString('en') }))}
				chosen={new Set(input.batchSizes)}
				onChange={(chosen) => onChange({ batchSizes: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend="Type of the KV cache"
				options={offered.cacheTypes.map((value) => ({ value, label: value }))}
				chosen={new Set(input.cacheTypes)}
				onChange={(chosen) => onChange({ cacheTypes: offered.cacheTypes.filter((type) => chosen.has(type)) })}
			/>
			<Switch
				label="LocalScore"
				description="Its nine tests, once, with a cache of F16. Takes minutes even for a small model."
				checked={input.localScore}
				onChange={(localScore) => onChange({ localScore })}
			/>
			<p className="text-xs text-pretty text-ink-2">
				{estimate} Every combination is measured {input.repetitions} times, every other round backwards. It waits while
				an answer is being written, and the model is unloaded for it.
			</p>
		</div>
	);
}
