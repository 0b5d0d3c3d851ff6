import { Monitor, Moon, Sun } from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { Segmented } from '../design/segmented.tsx';
import { Switch } from '../design/switch.tsx';
import { useServices } from '../services.ts';
import { textSizes } from './appearance.ts';
import { SettingRow } from './setting-row.tsx';

const themes = [
	{ value: 'system', label: 'System', icon: Monitor },
	{ value: 'light', label: 'Light', icon: Sun },
	{ value: 'dark', label: 'Dark', icon: Moon },
] as const;

const sizes = textSizes.map((size) => ({ value: String(size), label: `${size} %` }));

/** Theme, text size and the settings pane. */
export function AppearanceSection() {
	const { settings } = useServices();
	const theme = useStore(settings.state, (state) => state.theme);
	const textSize = useStore(settings.state, (state) => state.textSize);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const keys = formatShortcut('toggle-inspector');
	return (
		<>
			<SettingRow label="Theme">
				<Segmented label="Theme" value={theme} options={themes} onChange={(next) => settings.change({ theme: next })} />
			</SettingRow>
			<SettingRow label="Text size" description="Scales text, icons and spacing together.">
				<Segmented
					label="Text size"
					value={String(textSize)}
					options={sizes}
					onChange={(next) => settings.change({ textSize: Number(next) })}
				/>
			</SettingRow>
			<Switch
				label="Settings pane in chat"
				description={`Shows the system prompt, sampling and context of the open conversation.${keys === '' ? '' : ` ${keys} shows or hides it.`}`}
				checked={inspectorOpen}
				onChange={(next) => settings.change({ inspectorOpen: next })}
			/>
		</>
	);
}
