import type { Dataset } from '../../../../electron/contract/dataset/dataset.ts';
import type { DatasetLook } from '../../../../electron/contract/prompt/defaults.ts';
import { ChoiceMenu } from '../../../design/field/choice-menu.tsx';
import { count } from '../../../design/format.ts';
import { SmallNumber } from './small-number.tsx';

const allSplits = '\u0000all';
const anyTag = '\u0000any';

interface Chosen {
	readonly datasetId: number | null;
	readonly split: string | null;
	readonly tags?: readonly string[];
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
	onTags,
}: {
	datasets: readonly Dataset[];
	chosen: Chosen;
	/** null until the chosen dataset was looked at. */
	look: DatasetLook | null;
	onDataset: (id: number) => void;
	onChange: (part: { split: string | null } | { limit: number | null }) => void;
	/** Left out: samples can't be chosen by tags. */
	onTags?: (tags: string[]) => void;
}) {
	const { tags = [] } = chosen;
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
			{look === null || onTags === undefined || look.facets.tags.length === 0 ? null : (
				<ChoiceMenu
					label="Tag"
					value={tags.length === 0 ? anyTag : tags.join(' and ')}
					options={[
						{ value: anyTag, words: 'Any tag' },
						// Several at once come from a config file.
						...(tags.length < 2 ? [] : [{ value: tags.join(' and '), words: tags.join(' and ') }]),
						...look.facets.tags.map(({ tag, count: samples }) => ({ value: tag, words: tag, detail: count(samples) })),
					]}
					onChange={(tag) => onTags(tag === anyTag ? [] : [tag])}
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
