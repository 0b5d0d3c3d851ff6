import { Pencil, RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CombinationCheck } from '../../app/keyboard/check.ts';
import { formatCombination, readCombination } from '../../app/keyboard/combination.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { ChangedDot } from '../../design/field/changed-dot.tsx';
import { Kbd } from '../../design/kbd.tsx';

/** One shortcut: its key, or, while it is being changed, a place that takes whatever is pressed. */
export function KeyRow({
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
	/** Takes it from whoever has it. */
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
						{keys === '' ? <span className="text-xs text-ink-3">none</span> : <Kbd>{keys}</Kbd>}
						<span className="flex w-15 flex-none justify-end">
							{changed ? (
								<IconButton icon={RotateCcw} label={`Usual key for ${label}`} size="sm" onClick={onUsual} />
							) : null}
							<IconButton
								ref={change}
								icon={Pencil}
								label={`Change the key for ${label}`}
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
					// Tab leaves, as everywhere.
					if (event.key === 'Tab') return;
					event.preventDefault();
					event.stopPropagation();
					if (event.key === 'Escape') return onStop();
					const combination = readCombination(event.nativeEvent);
					if (combination !== null) setPressed({ combination, check: onPress(combination) });
				}}
				className="h-7 min-w-36 flex-none rounded-md border border-accent bg-surface px-2.5 text-xs text-ink-2"
			>
				<span className="sr-only">New key for {label}: </span>
				{pressed === null ? 'Press the new key' : formatCombination(pressed.combination)}
			</button>
			{taken === null ? null : (
				<Button size="sm" kind="primary" onClick={() => onTake(taken.combination)}>
					Use it here
				</Button>
			)}
			{hasKey ? (
				<Button size="sm" onClick={onClear}>
					No key
				</Button>
			) : null}
			<Button size="sm" kind="ghost" onClick={onStop}>
				Cancel
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
			return `${formatCombination(combination)} is the key for “${check.by.label}”, which would have none then.`;
		case 'refused':
			return check.why;
	}
}
