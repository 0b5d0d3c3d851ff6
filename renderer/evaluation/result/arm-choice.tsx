import { ChevronsUpDown } from 'lucide-react';
import { handScorer } from '../../../electron/contract/evaluation/scorer-name.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { t } from '../../messages/t.ts';

/** Chooses one of several combinations; the choice is a word in a heading that opens the others. */
export function ArmChoice({
	label,
	labels,
	value,
	shown,
	onChange,
}: {
	/** Role of the choice, as its accessible name. */
	label: string;
	labels: ReadonlyMap<number, string>;
	value: number | null;
	/** Short name in the heading; the menu has the full one. */
	shown?: string;
	onChange: (id: number) => void;
}) {
	const words = value === null ? t('none') : (labels.get(value) ?? '');
	return (
		<Menu
			align="start"
			trigger={
				<button
					type="button"
					aria-label={`${label}: ${words}`}
					className="-mx-1 inline-flex h-6 max-w-56 items-center gap-1 rounded-sm px-1 font-semibold hover:bg-hover data-popup-open:bg-hover"
				>
					<span className="truncate">{shown ?? words}</span>
					<Icon of={ChevronsUpDown} size={12} className="text-ink-3" />
				</button>
			}
		>
			{[...labels].map(([id, name]) => (
				<MenuItem key={id} selected={id === value} onSelect={() => onChange(id)}>
					{name}
				</MenuItem>
			))}
		</Menu>
	);
}

/** Chooses the scorer whose numbers are shown. */
export function ScorerChoice({
	scorers,
	scorer,
	onChange,
}: {
	scorers: readonly string[];
	scorer: string;
	onChange: (scorer: string) => void;
}) {
	return (
		<div className="mb-2.5 flex">
			<Segmented
				label={t('Score')}
				value={scorer}
				onChange={onChange}
				options={scorers.map((value) => ({ value, label: value === handScorer ? t('By hand') : value }))}
			/>
		</div>
	);
}
