import { useId, useState } from 'react';
import { ChangedDot } from '../design/changed-dot.tsx';
import { formatSetting } from '../design/format.ts';
import { Labelled } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';

const range = { min: 1e-6, max: 1, step: 1e-4 };

/** Reads a number as people write a learning rate: 0.0003, 0,0003 or 3e-4; null: it is none. */
function readRate(text: string): number | null {
	const written = text.trim().replace(',', '.').replace('−', '-');
	return /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : null;
}

/** Rounds to the decimals that are shown. */
function intoRange(rate: number): number {
	return Math.min(range.max, Math.max(range.min, Number(rate.toFixed(6))));
}

/** The learning rate. Number fields take digits only: of 1e-4 they would keep 14. */
export function LearningRateField({
	value,
	usual,
	onChange,
}: {
	/** undefined: the usual one. */
	value: number | undefined;
	usual: number;
	onChange: (value: number | undefined) => void;
}) {
	const id = useId();
	/** The text while it is being written; null: the value is shown. */
	const [text, setText] = useState<string | null>(null);
	const type = (next: string): void => {
		setText(next);
		const rate = readRate(next);
		if (next.trim() === '') onChange(undefined);
		else if (rate !== null) onChange(intoRange(rate));
	};
	return (
		<Labelled
			label={
				<>
					{t('Learning rate')}
					{value === undefined ? null : <ChangedDot />}
				</>
			}
			htmlFor={id}
		>
			<input
				id={id}
				inputMode="text"
				autoComplete="off"
				spellCheck={false}
				placeholder={formatSetting(usual)}
				value={text ?? (value === undefined ? '' : formatSetting(value))}
				onChange={(event) => type(event.target.value)}
				onBlur={() => setText(null)}
				onKeyDown={(event) => {
					const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
					if (direction === 0) return;
					event.preventDefault();
					setText(null);
					onChange(intoRange((value ?? usual) + direction * range.step));
				}}
				className="h-7 w-full rounded-md border border-control bg-surface px-[9px] font-mono text-xs tabular-nums focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
			/>
		</Labelled>
	);
}
