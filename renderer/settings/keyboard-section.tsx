import { Pencil, RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { assignKey, type CombinationCheck, checkCombination, resetKey } from '../app/keyboard/check-combination.ts';
import { detectKeyHost, resolveCombination } from '../app/keyboard/key-bindings.ts';
import { formatCombination, readCombination } from '../app/keyboard/key-combination.ts';
import { fixedKeys, type Shortcut, type ShortcutId, shortcutGroups, shortcuts } from '../app/keyboard/shortcuts.ts';
import { Button, IconButton } from '../design/button.tsx';
import { ChangedDot } from '../design/changed-dot.tsx';
import { Kbd } from '../design/kbd.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** All shortcuts; those not bound to the focused element can be changed. */
export function KeyboardSection() {
	const { settings } = useServices();
	const keys = useStore(settings.state, (state) => state.keys);
	const [recording, setRecording] = useState<ShortcutId | null>(null);
	const place = detectKeyHost();
	const changed = Object.keys(keys[place]).length > 0;

	/** Checks a pressed combination and assigns it at once if it is free. */
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
				label={t('Keyboard shortcuts')}
				description={
					place === 'tab'
						? t(
								'For browser tabs. Alt replaces Ctrl where the browser reserves the shortcut. The window has its own set.',
							)
						: t('For the window. Browser tabs have their own set, because browsers reserve some shortcuts.')
				}
			>
				<Button
					icon={RotateCcw}
					blocked={changed ? undefined : t('All shortcuts are at their defaults')}
					onClick={() => settings.change({ keys: { ...keys, [place]: {} } })}
				>
					{t('Reset all shortcuts')}
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

/** One shortcut: its key, or, while it is being changed, a field that captures the next key press. */
function KeyRow({
	label,
	keys,
	changed,
	recording,
	onRecord,
	onStop,
	onPress,
	onTake,
	onClear,
	onUsual,
}: {
	label: string;
	keys: string;
	changed: boolean;
	recording: boolean;
	onRecord: () => void;
	onStop: () => void;
	onPress: (combination: string) => CombinationCheck;
	/** Takes the combination from the shortcut that has it. */
	onTake: (combination: string) => void;
	onClear: () => void;
	onUsual: () => void;
}) {
	const change = useRef<HTMLButtonElement>(null);
	const wasRecording = useRef(false);
	useEffect(() => {
		if (wasRecording.current && !recording) change.current?.focus();
		wasRecording.current = recording;
	}, [recording]);
	return (
		<li className="border-b border-line py-0.5 pr-1 pl-3 last:border-b-0">
			<div className="flex min-h-7.5 flex-wrap items-center gap-x-3 gap-y-1">
				<span className="min-w-0 flex-1">
					{label}
					{changed ? <ChangedDot /> : null}
				</span>
				{recording ? null : (
					<>
						{keys === '' ? <span className="text-xs text-ink-3">{t('none')}</span> : <Kbd>{keys}</Kbd>}
						<span className="flex w-15 flex-none justify-end">
							{changed ? (
								<IconButton
									icon={RotateCcw}
									label={t('Default shortcut for {label}', { label })}
									size="sm"
									onClick={onUsual}
								/>
							) : null}
							<IconButton
								ref={change}
								icon={Pencil}
								label={t('Change shortcut for {label}', { label })}
								size="sm"
								onClick={onRecord}
							/>
						</span>
					</>
				)}
			</div>
			{recording ? (
				<Recorder
					label={label}
					hasKey={keys !== ''}
					onStop={onStop}
					onPress={onPress}
					onTake={onTake}
					onClear={onClear}
				/>
			) : null}
		</li>
	);
}

function Recorder({
	label,
	hasKey,
	onStop,
	onPress,
	onTake,
	onClear,
}: {
	label: string;
	hasKey: boolean;
	onStop: () => void;
	onPress: (combination: string) => CombinationCheck;
	onTake: (combination: string) => void;
	onClear: () => void;
}) {
	const place = useRef<HTMLButtonElement>(null);
	const [pressed, setPressed] = useState<{ combination: string; check: CombinationCheck } | null>(null);
	useEffect(() => place.current?.focus(), []);
	const taken = pressed?.check.kind === 'taken' ? { combination: pressed.combination, by: pressed.check.by } : null;
	return (
		<div className="flex flex-wrap items-center gap-1.5 pb-1.5">
			<button
				ref={place}
				type="button"
				aria-describedby="key-verdict"
				onKeyDown={(event) => {
					// Tab leaves the field, as everywhere.
					if (event.key === 'Tab') return;
					event.preventDefault();
					event.stopPropagation();
					if (event.key === 'Escape') return onStop();
					const combination = readCombination(event.nativeEvent);
					if (combination !== null) setPressed({ combination, check: onPress(combination) });
				}}
				className="h-7 min-w-36 flex-none rounded-md border border-accent bg-surface px-2.5 text-xs text-ink-2"
			>
				<span className="sr-only">{t('New shortcut for {label}:', { label })} </span>
				{pressed === null ? t('Press a shortcut') : formatCombination(pressed.combination)}
			</button>
			{taken === null ? null : (
				<Button size="sm" kind="primary" onClick={() => onTake(taken.combination)}>
					{t('Use here')}
				</Button>
			)}
			{hasKey ? (
				<Button size="sm" onClick={onClear}>
					{t('No shortcut')}
				</Button>
			) : null}
			<Button size="sm" kind="ghost" onClick={onStop}>
				{t('Cancel')}
			</Button>
			<p id="key-verdict" role="status" className="min-w-full text-xs text-pretty text-ink-2 empty:hidden">
				{pressed === null ? '' : describeCheck(pressed.combination, pressed.check)}
			</p>
		</div>
	);
}

function describeCheck(combination: string, check: CombinationCheck): string {
	switch (check.kind) {
		case 'free':
			return '';
		case 'taken':
			return t('{combination} is used by “{label}”, which would have no shortcut.', {
				combination: formatCombination(combination),
				label: check.by.label,
			});
		case 'refused':
			return check.why;
	}
}
