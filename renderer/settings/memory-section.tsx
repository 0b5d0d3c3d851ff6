import { useStore } from 'zustand';
import { Select } from '../design/select.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

const limits: readonly { value: string; words: string }[] = [
	{ value: '0', words: t('Off') },
	{ value: '500', words: t('Up to 500 MB') },
	{ value: '2000', words: t('Up to 2 GB') },
	{ value: '8000', words: t('Up to 8 GB') },
	{ value: '32000', words: t('Up to 32 GB') },
];

const times: readonly { value: string; words: string }[] = [
	{ value: 'never', words: t('Never') },
	{ value: '10', words: t('After 10 minutes') },
	{ value: '60', words: t('After 1 hour') },
	{ value: '240', words: t('After 4 hours') },
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
				label={t('Keep conversations ready')}
				description={t(
					'Saves the model’s processed context to disk, so that long conversations continue at once after a restart. Deleted with the conversation.',
				)}
			>
				<Select
					label={t('Keep conversations ready')}
					value={String(limit)}
					options={withCurrent(limits, String(limit), t('Up to {limit} MB', { limit }))}
					onChange={(value) => settings.change({ stateLimitMb: Number(value) })}
				/>
			</SettingRow>
			<SettingRow
				label={t('Unload idle models')}
				description={t('Frees memory for other programs. The next message reloads the model.')}
			>
				<Select
					label={t('Unload idle models')}
					value={minutes === null ? 'never' : String(minutes)}
					options={withCurrent(
						times,
						minutes === null ? 'never' : String(minutes),
						t('After {minutes, plural, one {# minute} other {# minutes}}', { minutes: minutes ?? 0 }),
					)}
					onChange={(value) => settings.change({ unloadAfterMinutes: value === 'never' ? null : Number(value) })}
				/>
			</SettingRow>
		</>
	);
}
