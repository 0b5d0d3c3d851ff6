import { Monitor, Moon, Sun } from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { Segmented } from '../design/segmented.tsx';
import { Switch } from '../design/switch.tsx';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

const themes = [
	{ value: 'system', label: 'As the computer', icon: Monitor },
	{ value: 'light', label: 'Light', icon: Sun },
	{ value: 'dark', label: 'Dark', icon: Moon },
] as const;

export function AppearanceSection() {
	const { settings } = useServices();
	const theme = useStore(settings.state, (state) => state.theme);
	const inspectorOpen = useStore(settings.state, (state) => state.inspectorOpen);
	const keys = formatShortcut('toggle-inspector');
	return (
		<>
			<SettingRow label="Theme">
				<Segmented label="Theme" value={theme} options={themes} onChange={(next) => settings.change({ theme: next })} />
			</SettingRow>
			<Switch
				label="Settings pane beside conversations"
				description={`System prompt, sampling and context of the conversation that is open${keys === '' ? '' : `; ${keys} shows and hides it`}.`}
				checked={inspectorOpen}
				onChange={(next) => settings.change({ inspectorOpen: next })}
			/>
		</>
	);
}
