import { useStore } from 'zustand';
import type { ToolLimits as Limits } from '../../electron/contract/conversation/steps.ts';
import { NumberField } from '../design/number-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';

/** When a model that calls tools has to answer with what it has. */
export function ToolLimits() {
	const { settings } = useServices();
	const limits = useStore(settings.state, ({ toolLimits }) => toolLimits);
	const set = (key: keyof Limits) => (value: number | null) => {
		if (value !== null) settings.change({ toolLimits: { ...limits, [key]: value } });
	};
	return (
		<SettingRow
			label={<h3 className="font-semibold">{t('Answer limits')}</h3>}
			description={t(
				'Once one of these limits is reached, the model can make no more calls and answers with what it has.',
			)}
		>
			<div className="flex flex-wrap gap-3 [&>*]:w-28">
				<NumberField label={t('Rounds of calls')} value={limits.rounds} onChange={set('rounds')} min={1} max={200} />
				<NumberField
					label={t('Tokens written')}
					value={limits.tokens}
					onChange={set('tokens')}
					min={100}
					max={1_000_000}
					step={1_000}
				/>
				<NumberField
					label={t('Minutes')}
					value={limits.minutes}
					onChange={set('minutes')}
					min={1}
					max={1_440}
					title={t('Time spent waiting for your decision does not count.')}
				/>
			</div>
		</SettingRow>
	);
}
