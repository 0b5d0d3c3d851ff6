import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../design/button.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Slider } from '../design/slider.tsx';
import { t } from '../messages/t.ts';

interface AdapterScaleProps {
	readonly name: string;
	readonly scale: number;
	/** Below the scale; null: nothing to say. */
	readonly note?: string | null;
	readonly onChange: (scale: number) => void;
	readonly onRemove: () => void;
}

/** One LoRA adapter that is applied, with its scale: an item of a list. */
export function AdapterScale({ name, scale, note = null, onChange, onRemove }: AdapterScaleProps) {
	return (
		<li className="flex items-start gap-1">
			<div className="min-w-0 flex-1">
				<Slider
					label={name}
					value={scale}
					min={0}
					max={2}
					step={0.05}
					changed={scale !== 1}
					title={t('1 applies it as trained, 0 not at all.')}
					onChange={onChange}
				/>
				{note === null ? null : <p className="text-xs text-ink-3">{note}</p>}
			</div>
			<IconButton icon={X} size="sm" label={t('Remove {name}', { name })} onClick={onRemove} />
		</li>
	);
}

/** Adds one of the adapters that fit; with the scale as trained. */
export function AddAdapterMenu<Key extends string | number>({
	offered,
	onAdd,
}: {
	offered: readonly { readonly key: Key; readonly name: string }[];
	onAdd: (key: Key) => void;
}) {
	return (
		<Menu
			align="start"
			trigger={
				<Button size="sm" icon={Plus} className="self-start">
					{t('Add adapter')}
				</Button>
			}
		>
			{offered.map(({ key, name }) => (
				<MenuItem key={key} onSelect={() => onAdd(key)}>
					{name}
				</MenuItem>
			))}
		</Menu>
	);
}
