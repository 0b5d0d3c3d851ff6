import { Monitor, Moon, Sun } from 'lucide-react';
import { useStore } from 'zustand';
import { keysOf } from '../app/keys.ts';
import { Button } from '../design/button.tsx';
import { Segmented } from '../design/field/segmented.tsx';
import { useServices } from '../services.ts';

const themes = [
	{ value: 'system', label: 'As the computer', icon: Monitor },
	{ value: 'light', label: 'Light', icon: Sun },
	{ value: 'dark', label: 'Dark', icon: Moon },
] as const;

export function AppearanceSection() {
	const { settings, layout } = useServices();
	const theme = useStore(settings.state, (state) => state.theme);
	return (
		<>
			<div className="flex flex-wrap items-center justify-between gap-3">
				<span>Theme</span>
				<Segmented label="Theme" value={theme} options={themes} onChange={(next) => settings.change({ theme: next })} />
			</div>
			<div className="flex items-center justify-between gap-3">
				<div>
					<p>Keys</p>
					<p className="text-xs text-ink-3">
						Everything can be done without a mouse. {keysOf('palette')} finds any command.
					</p>
				</div>
				<Button onClick={() => layout.set({ shortcuts: true })}>Show all keys</Button>
			</div>
		</>
	);
}
