import type { Dataset } from '../../../../electron/contract/dataset/dataset.ts';
import type { DatasetLook } from '../../../../electron/contract/prompt/defaults.ts';
import { ChoiceMenu } from '../../../design/field/choice-menu.tsx';
import { count } from '../../../design/format.ts';
import { SmallNumber } from './small-number.tsx';

const allSplits = '\u0000all';

interface Chosen {
	readonly datasetId: number | null;
	readonly split: string | null;
	readonly limit: number | null;
}

/** Those that have something to ask. */
export function usable(datasets: readonly Dataset[]): readonly Dataset[] {
	return datasets.filter(({ latest }) => latest.samples > 0);
}

/** A dataset, a part of it, and how many of those at most. */
export function SampleChoice({
	datasets,
	chosen,
	look,
	onDataset,
	onChange,
}: {
	datasets: readonly Dataset[];
	chosen: Chosen;
	/** null until the chosen dataset was looked at. */
	look: DatasetLook | null;
	onDataset: (id: number) => void;
	onChange: (part: { split: string | null } | { limit: number | null }) => void;
}) {
	return (
		<>
			<ChoiceMenu
				label="Dataset"
				value={chosen.datasetId === null ? '' : String(chosen.datasetId)}
				options={usable(datasets).map(({ id, name, latest }) => ({
					value: String(id),
					words: name,
					detail: count(latest.samples),
				}))}
				onChange={(id) => onDataset(Number(id))}
			/>
			{look === null || look.facets.splits.length < 2 ? null : (
				<ChoiceMenu
					label="Split"
					value={chosen.split ?? allSplits}
					options={[
						{ value: allSplits, words: 'All but the examples' },
						...look.facets.splits.map(({ split, count: samples }) => ({
							value: split,
							words: split,
							detail: count(samples),
						})),
					]}
					onChange={(split) => onChange({ split: split === allSplits ? null : split })}
				/>
			)}
			<SmallNumber
				label="At most"
				unit="samples"
				value={chosen.limit}
				onChange={(limit) => onChange({ limit })}
				min={1}
				max={10_000_000}
				empty="all"
				width={68}
			/>
		</>
	);
}
