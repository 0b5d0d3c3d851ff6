import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { assignKey, type CombinationCheck, checkCombination, resetKey } from '../../app/keyboard/check.ts';
import { formatCombination } from '../../app/keyboard/combination.ts';
import { fixedKeys, type Shortcut, type ShortcutId, shortcutGroups, shortcuts } from '../../app/keyboard/shortcuts.ts';
import { detectKeyHost, resolveCombination } from '../../app/keys.ts';
import { Button } from '../../design/button.tsx';
import { Kbd } from '../../design/kbd.tsx';
import { useServices } from '../../services.ts';
import { SettingRow } from '../setting-row.tsx';
import { KeyRow } from './key-row.tsx';

/** Every key; those that are not bound to what has the focus can be changed. */
export function KeyboardSection() {
	const { settings } = useServices();
	const keys = useStore(settings.state, (state) => state.keys);
	const [recording, setRecording] = useState<ShortcutId | null>(null);
	const place = detectKeyHost();
	const changed = Object.keys(keys[place]).length > 0;

	/** The verdict on what was pressed; what is free is taken at once. */
	function press(shortcut: Shortcut, combination: string): CombinationCheck {
		const check = checkCombination(combination, shortcut.id, keys, place);
		if (check.kind === 'free') take(shortcut, combination);
		return check;
	}
	function take(shortcut: Shortcut, combination: string): void {
		settings.change({ keys: assignKey(combination, shortcut.id, keys, place) });
		setRecording(null);
	}
	return (
		<>
			<SettingRow
				label="Keys"
				description={
					place === 'tab'
						? 'For the browser tab. Alt stands in for Ctrl where the browser keeps the key to itself; the window has its own.'
						: 'For the window. A browser tab has its own, because the browser keeps some keys to itself.'
				}
			>
				<Button
					icon={RotateCcw}
					blocked={changed ? undefined : 'All keys are the usual ones'}
					onClick={() => settings.change({ keys: { ...keys, [place]: {} } })}
				>
					Reset all keys
				</Button>
			</SettingRow>
			{shortcutGroups.map((group) => (
				<section key={group} aria-label={group}>
					<h3 className="mb-1.5 text-xs font-medium text-ink-2">{group}</h3>
					<ul className="overflow-hidden rounded-lg border border-line">
						{shortcuts
							.filter((shortcut) => shortcut.group === group)
							.map((shortcut) => (
								<KeyRow
									key={shortcut.id}
									label={shortcut.label}
									keys={formatCombination(resolveCombination(shortcut, keys, place))}
									changed={keys[place][shortcut.id] !== undefined}
									recording={recording === shortcut.id}
									onRecord={() => setRecording(shortcut.id)}
									onStop={() => setRecording(null)}
									onPress={(combination) => press(shortcut, combination)}
									onTake={(combination) => take(shortcut, combination)}
									onClear={() => take(shortcut, '')}
									onUsual={() => settings.change({ keys: resetKey(shortcut.id, keys, place) })}
								/>
							))}
					</ul>
				</section>
			))}
			{fixedKeys.map(({ name, keys: rows }) => (
				<section key={name} aria-label={name}>
					<h3 className="mb-1.5 text-xs font-medium text-ink-2">{name}</h3>
					<ul className="overflow-hidden rounded-lg border border-line">
						{rows.map(({ label, keys: written }) => (
							<li key={label} className="flex min-h-8 items-center gap-3 border-b border-line px-3 last:border-b-0">
								<span className="flex-1">{label}</span>
								<Kbd>{written}</Kbd>
							</li>
						))}
					</ul>
				</section>
			))}
		</>
	);
}
