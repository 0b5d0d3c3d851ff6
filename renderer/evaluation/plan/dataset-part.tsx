import type { Dataset } from '../../../electron/contract/dataset/schema.ts';
import { type DatasetLook, taskNote } from '../../../electron/contract/evaluation/defaults.ts';
import { useQuery } from '../../connection/use-query.ts';
import { Button } from '../../design/button.tsx';
import { ChoiceMenu } from '../../design/choice-menu.tsx';
import { formatCount, phraseSeparator } from '../../design/format.ts';
import { t, translate } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { FormPart } from './form-part.tsx';
import { filterUsable, SampleChoice } from './sample-choice.tsx';
import type { Plan } from './use-plan.ts';

/** Chooses the samples: a dataset, a part of it, and a limit. */
export function DatasetPart({ plan, datasets }: { plan: Plan; datasets: readonly Dataset[] }) {
	const { layout } = useServices();
	const { draft, look, change } = plan;
	const note = look === null ? null : taskNote(look);
	if (filterUsable(datasets).length === 0) {
		return (
			<FormPart title={t('Dataset')}>
				<p className="text-ink-2">
					{t('No dataset has samples yet. Import a file, or add answers from conversations.')}
				</p>
				<Button onClick={() => layout.go({ section: 'datasets', datasetId: null })}>{t('Go to Datasets')}</Button>
			</FormPart>
		);
	}
	return (
		<FormPart title={t('Dataset')} hint={t('Every combination answers these samples.')}>
			<div className="flex flex-wrap items-center gap-2">
				<SampleChoice
					datasets={datasets}
					chosen={draft}
					look={look}
					versions={<VersionChoice plan={plan} dataset={datasets.find(({ id }) => id === draft.datasetId)} />}
					onDataset={(id) => void plan.chooseDataset(id)}
					onChange={change}
					onTags={(tags) => change({ tags })}
				/>
			</div>
			{look === null ? null : <p className="text-xs text-ink-3">{describeDataset(look)}</p>}
			{note === null ? null : <p className="text-xs text-pretty text-ink-2">{translate(note)}</p>}
		</FormPart>
	);
}

/** Describes a dataset: "v2, 40 samples, each with a target; tags easy, hard". */
function describeDataset({ dataset, facets }: DatasetLook): string {
	const { latest } = dataset;
	const targets =
		facets.withTarget === latest.samples
			? t('each with a target')
			: facets.withTarget === 0
				? t('none with a target')
				: t('{withTarget} with a target', { withTarget: formatCount(facets.withTarget) });
	const tags = facets.tags.slice(0, 4).map(({ tag }) => tag);
	const facts = [
		`v${latest.number}`,
		...(latest.frozenAt === null ? [t('draft, frozen by the run')] : []),
		t('{samples, plural, one {# sample} other {# samples}}', { samples: latest.samples }),
		targets,
	].join(phraseSeparator('comma'));
	if (tags.length === 0) return facts;
	const listed =
		facets.tags.length > tags.length
			? t('tags {tags} and more', { tags: tags.join(', ') })
			: t('tags {tags}', { tags: tags.join(', ') });
	return `${facts}; ${listed}`;
}

const newest = 'newest';

/** Chooses the version of the dataset; hidden if there is only one. */
function VersionChoice({ plan, dataset }: { plan: Plan; dataset: Dataset | undefined }) {
	const several = dataset !== undefined && dataset.versions > 1;
	const { data: answer } = useQuery(several ? JSON.stringify([dataset.id, dataset.latest]) : null, (client, signal) =>
		client.datasets.get({ id: dataset?.id ?? 0 }, { signal }),
	);
	if (!several) return null;
	const { versionId } = plan.draft;
	const versions = answer?.versions ?? [dataset.latest];
	return (
		<ChoiceMenu
			label={t('Version')}
			value={versionId === null ? newest : String(versionId)}
			options={[
				{
					value: newest,
					words: t('v{number}, the newest', { number: dataset.latest.number }),
					detail: formatCount(dataset.latest.samples),
				},
				...versions.map(({ id, number, frozenAt, samples }) => ({
					value: String(id),
					words: frozenAt === null ? t('v{number}, draft', { number }) : `v${number}`,
					detail: formatCount(samples),
				})),
			]}
			onChange={(value) =>
				void plan.chooseVersion(value === newest ? null : (versions.find(({ id }) => String(id) === value) ?? null))
			}
		/>
	);
}
