import { useStore } from 'zustand';
import { Select } from '../design/select.tsx';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

const limits: readonly { value: string; words: string }[] = [
	{ value: '0', words: 'Off' },
	{ value: '500', words: 'Up to 500 MB' },
	{ value: '2000', words: 'Up to 2 GB' },
	{ value: '8000', words: 'Up to 8 GB' },
	{ value: '32000', words: 'Up to 32 GB' },
];

const times: readonly { value: string; words: string }[] = [
	{ value: 'never', words: 'Never' },
	{ value: '10', words: 'After 10 minutes' },
	{ value: '60', words: 'After 1 hour' },
	{ value: '240', words: 'After 4 hours' },
];

/** Returns the choices, including the current value. */
function withCurrent(choices: typeof limits, value: string, words: string): typeof limits {
	return choices.some((choice) => choice.value === value) ? choices : [{ value, words }, ...choices];
}

/** Limits for idle models, in memory and on disk. */
export function MemorySection() {
	const { settings } = useServices();
	const limit = useStore(settings.state, (state) => state.stateLimitMb);
	const minutes = useStore(settings.state, (state) => state.unloadAfterMinutes);
	return (
		<>
			<SettingRow
				label="Keep conversations ready"
				description="Saves the model’s processed context to disk, so that long conversations continue at once after a restart. Deleted with the conversation."
			>
				<Select
					label="Keep conversations ready"
					value={String(limit)}
					options={withCurrent(limits, String(limit), `Up to ${limit} MB`)}
					onChange={(value) => settings.change({ stateLimitMb: Number(value) })}
				/>
			</SettingRow>
			<SettingRow
				label="Unload idle models"
				description="Frees memory for other programs. The next message reloads the model."
			>
				<Select
					label="Unload idle models"
					value={minutes === null ? 'never' : String(minutes)}
					options={withCurrent(times, minutes === null ? 'never' : String(minutes), `After ${minutes} minutes`)}
					onChange={(value) => settings.change({ unloadAfterMinutes: value === 'never' ? null : Number(value) })}
				/>
			</SettingRow>
		</>
	);
}
