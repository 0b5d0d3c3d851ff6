import type { Dataset } from '../../../../electron/contract/dataset/dataset.ts';
import type { DatasetLook } from '../../../../electron/contract/prompt/defaults.ts';
import { Button } from '../../../design/button.tsx';
import { ChoiceMenu } from '../../../design/field/choice-menu.tsx';
import { count, counted } from '../../../design/format.ts';
import { useServices } from '../../../services.ts';
import type { Plan } from '../use-plan.ts';
import { Part } from './part.tsx';
import { SmallNumber } from './small-number.tsx';

const allSplits = '\u0000all';

/** Which samples are asked: a dataset, a part of it, and how many of those. */
export function DatasetPart({ plan, datasets }: { plan: Plan; datasets: readonly Dataset[] }) {
	const { layout } = useServices();
	const { draft, look, change } = plan;
	const usable = datasets.filter(({ latest }) => latest.samples > 0);
	if (usable.length === 0) {
		return (
			<Part title="Dataset">
				<p className="text-ink-2">
					There is no dataset with samples yet. Import a file, or add answers of conversations.
				</p>
				<Button onClick={() => layout.go({ section: 'datasets', datasetId: null })}>Go to Datasets</Button>
			</Part>
		);
	}
	return (
		<Part title="Dataset" hint="The samples that every combination answers.">
			<div className="flex flex-wrap items-center gap-2">
				<ChoiceMenu
					label="Dataset"
					value={draft.datasetId === null ? '' : String(draft.datasetId)}
					options={usable.map(({ id, name, latest }) => ({
						value: String(id),
						words: name,
						detail: count(latest.samples),
					}))}
					onChange={(id) => void plan.chooseDataset(Number(id))}
				/>
				{look === null || look.facets.splits.length < 2 ? null : (
					<ChoiceMenu
						label="Split"
						value={draft.split ?? allSplits}
						options={[
							{ value: allSplits, words: 'All but the examples' },
							...look.facets.splits.map(({ split, count: samples }) => ({
								value: split,
								words: split,
								detail: count(samples),
							})),
						]}
						onChange={(split) => change({ split: split === allSplits ? null : split })}
					/>
				)}
				<SmallNumber
					label="At most"
					unit="samples"
					value={draft.limit}
					onChange={(limit) => change({ limit })}
					min={1}
					max={10_000_000}
					empty="all"
					width={68}
				/>
			</div>
			{look === null ? null : <p className="text-xs text-ink-3">{lookWords(look)}</p>}
		</Part>
	);
}

/** "v2, 40 samples, each with a target; tags easy, hard" */
function lookWords({ dataset, facets }: DatasetLook): string {
	const { latest } = dataset;
	const targets =
		facets.withTarget === latest.samples
			? 'each with a target'
			: facets.withTarget === 0
				? 'none with a target'
				: `${count(facets.withTarget)} with a target`;
	const tags = facets.tags.slice(0, 4).map(({ tag }) => tag);
	return [
		`v${latest.number}${latest.frozenAt === null ? ', a draft that the run freezes' : ''}, ${counted(latest.samples, 'sample')}, ${targets}`,
		tags.length === 0 ? null : `tags ${tags.join(', ')}${facets.tags.length > tags.length ? ' and more' : ''}`,
	]
		.filter((part) => part !== null)
		.join('; ');
}
