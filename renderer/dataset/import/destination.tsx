import { useStore } from 'zustand';
import type { ImportInto } from '../../../electron/contract/dataset/import.ts';
import { ChoiceMenu } from '../../design/field/choice-menu.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** Where the samples go. */
export interface DestinationChoice {
	/** null: a new dataset. */
	readonly datasetId: number | null;
	/** Of a new one. */
	readonly name: string;
	readonly mode: 'append' | 'replace';
}

export function toDestination({ datasetId, name, mode }: DestinationChoice): ImportInto {
	return datasetId === null
		? { kind: 'new', name: name.trim(), description: '' }
		: { kind: 'existing', datasetId, mode };
}

/** A new dataset with a name, or one that is there already. */
export function Destination({
	choice,
	onChange,
}: {
	choice: DestinationChoice;
	onChange: (choice: DestinationChoice) => void;
}) {
	const { datasets } = useServices();
	const all = useStore(datasets.state, (state) => state.datasets);
	return (
		<div className="grid grid-cols-2 items-end gap-4">
			<div>
				<p className="mb-[5px] text-xs font-medium text-ink-2">Into</p>
				<ChoiceMenu
					label="Into"
					value={String(choice.datasetId ?? 'new')}
					options={[
						{ value: 'new', words: 'A new dataset' },
						...all.map(({ id, name, latest }) => ({
							value: String(id),
							words: name,
							detail: formatCount(latest.samples),
						})),
					]}
					onChange={(value) => onChange({ ...choice, datasetId: value === 'new' ? null : Number(value) })}
				/>
			</div>
			{choice.datasetId === null ? (
				<TextField
					label="Name"
					value={choice.name}
					maxLength={200}
					onChange={(event) => onChange({ ...choice, name: event.target.value })}
				/>
			) : (
				<ChoiceMenu
					label="How"
					value={choice.mode}
					options={[
						{ value: 'append', words: 'After the samples it has' },
						{ value: 'replace', words: 'In their place, as a new draft' },
					]}
					onChange={(mode) => onChange({ ...choice, mode: mode === 'replace' ? 'replace' : 'append' })}
				/>
			)}
		</div>
	);
}
