import type { Dataset } from '../../../../electron/contract/dataset/dataset.ts';
import { ChoiceMenu } from '../../../design/field/choice-menu.tsx';
import { formatCount } from '../../../design/format.ts';
import { useQuery } from '../../../use-answer.ts';
import type { Plan } from '../use-plan.ts';

const newest = 'newest';

/** Which version of the dataset is measured; there where it has several. */
export function VersionChoice({ plan, dataset }: { plan: Plan; dataset: Dataset | undefined }) {
	const several = dataset !== undefined && dataset.versions > 1;
	const { answer } = useQuery(several ? JSON.stringify([dataset.id, dataset.latest]) : null, (client, signal) =>
		client.datasets.get({ id: dataset?.id ?? 0 }, { signal }),
	);
	if (!several) return null;
	const { versionId } = plan.draft;
	const versions = answer?.versions ?? [dataset.latest];
	return (
		<ChoiceMenu
			label="Version"
			value={versionId === null ? newest : String(versionId)}
			options={[
				{ value: newest, words: `v${dataset.latest.number}, the newest`, detail: formatCount(dataset.latest.samples) },
				...versions.map(({ id, number, frozenAt, samples }) => ({
					value: String(id),
					words: `v${number}${frozenAt === null ? ', a draft' : ''}`,
					detail: formatCount(samples),
				})),
			]}
			onChange={(value) =>
				void plan.chooseVersion(value === newest ? null : (versions.find(({ id }) => String(id) === value) ?? null))
			}
		/>
	);
}
