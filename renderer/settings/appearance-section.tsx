import { Monitor, Moon, Sun } from 'lucide-react';
import { useStore } from 'zustand';
import { languages } from '../../electron/contract/settings/languages.ts';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { formatPercentage } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { Select } from '../design/select.tsx';
import { Switch } from '../design/switch.tsx';
import { offeredLanguages } from '../messages/language.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { textSizes } from './appearance.ts';
import { SettingRow } from './setting-row.tsx';

const themes = [
	{ value: 'system', label: t('System'), icon: Monitor },
	{ value: 'light', label: t('Light'), icon: Sun },
	{ value: 'dark', label: t('Dark'), icon: Moon },
] as const;

const sizes = textSizes.map((size) => ({ value: String(size), label: formatPercentage(size) }));

/** Theme, text size and the settings pane. */
export function AppearanceSection() {
	const { settings } = useServices();
	const theme = useStore(settings.state, (state) => state.theme);
	const textSize = useStore(settings.state, (state) => state.textSize);
	const language = useStore(settings.state, (state) => state.language);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const keys = formatShortcut('toggle-inspector');
	return (
		<>
			<SettingRow label={t('Theme')}>
				<Segmented
					label={t('Theme')}
					value={theme}
					options={themes}
					onChange={(next) => settings.change({ theme: next })}
				/>
			</SettingRow>
			<SettingRow label={t('Text size')} description={t('Scales text, icons and spacing together.')}>
				<Segmented
					label={t('Text size')}
					value={String(textSize)}
					options={sizes}
					onChange={(next) => settings.change({ textSize: Number(next) })}
				/>
			</SettingRow>
			{offeredLanguages().length < 2 ? null : (
				<SettingRow label={t('Language')} description={t('The command line and exports stay in English.')}>
					<Select
						label={t('Language')}
						value={language}
						options={[
							{ value: 'system', words: t('System') },
							...offeredLanguages().map((tag) => ({ value: tag, words: languages[tag] })),
						]}
						onChange={(next) => settings.change({ language: next })}
					/>
				</SettingRow>
			)}
			<Switch
				label={t('Settings pane in chat')}
				description={
					keys === ''
						? t('Shows the system prompt, sampling and context of the open conversation.')
						: t('Shows the system prompt, sampling and context of the open conversation. {keys} shows or hides it.', {
								keys,
							})
				}
				checked={inspectorOpen}
				onChange={(next) => settings.change({ inspectorOpen: next })}
			/>
		</>
	);
}
