import { RotateCcw } from 'lucide-react';
import type { ModelOptions } from '../../../../electron/contract/model/own.ts';
import type { ModelFile } from '../../../../electron/contract/model.ts';
import { hasRotaryPositions, longestContext, ropeLimits } from '../../../../models/contract/load-limits.ts';
import { Button } from '../../../design/button.tsx';
import { NumberField } from '../../../design/field/number-field.tsx';
import { formatCount } from '../../../design/format.ts';
import { FieldLabel } from './field-label.tsx';

/** RoPE overrides, for a context longer than the model was trained for. */
export function PositionFields({
	model,
	rope = {},
	onChange,
}: {
	model: ModelFile;
	rope: ModelOptions['rope'];
	onChange: (rope: ModelOptions['rope']) => void;
}) {
	if (!hasRotaryPositions(model.architecture)) return null;
	const { frequencyScale, frequencyBase } = rope;
	const changed = frequencyScale !== undefined || frequencyBase !== undefined;
	const set = (change: NonNullable<ModelOptions['rope']>): void => {
		const kept = Object.entries({ ...rope, ...change }).filter(([, value]) => value !== undefined);
		onChange(kept.length === 0 ? undefined : Object.fromEntries(kept));
	};
	const reach = model.contextLength === null ? null : longestContext(model.contextLength, rope);
	return (
		<section aria-label="Positions">
			<FieldLabel of="Positions (RoPE)" changed={changed} />
			<div className="grid grid-cols-2 gap-3">
				<NumberField
					label="Frequency scale"
					value={frequencyScale ?? null}
					{...ropeLimits.scale}
					step={0.05}
					empty="the file's"
					changed={frequencyScale !== undefined}
					onChange={(next) => set({ frequencyScale: next ?? undefined })}
				/>
				<NumberField
					label="Base frequency"
					value={frequencyBase ?? null}
					{...ropeLimits.base}
					step={10_000}
					empty="the file's"
					changed={frequencyBase !== undefined}
					onChange={(next) => set({ frequencyBase: next ?? undefined })}
				/>
			</div>
			<p className="mt-1 text-xs text-ink-3">
				{frequencyScale !== undefined && frequencyScale < 1 && reach !== null
					? `Stretched, the context may have ${formatCount(reach)} tokens. Answers get worse the further it is stretched.`
					: 'Only for a context longer than the model was trained for: a scale of 0.5 doubles it. Answers get worse.'}
			</p>
			{changed ? (
				<Button size="sm" icon={RotateCcw} className="mt-1.5" onClick={() => onChange(undefined)}>
					As the file says
				</Button>
			) : null}
		</section>
	);
}
