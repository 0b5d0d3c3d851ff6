import type { DatasetLook } from '../../../electron/contract/evaluation/defaults.ts';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { toFailure } from '../../connection/failure.ts';
import { t } from '../../messages/t.ts';
import type { Services } from '../../services.ts';

const heldOutSplit = 'examples';
/** Bounds for the share of held-out samples; more than half would leave too few to test. */
const minShare = 0.2;
const maxShare = 0.5;

/** Returns the largest number of examples that any of the techniques shows. */
export function countMostShots(techniques: readonly Technique[]): number {
	return Math.max(0, ...techniques.map((technique) => ('shots' in technique ? technique.shots : 0)));
}

/** Samples held out per example: some may ask the same as a tested sample and are skipped. */
const spare = 1.5;

/** Returns a fifth, or more if that gives too few examples. */
export function computeHeldOutShare(samples: number, shots: number): number {
	return Math.min(maxShare, Math.max(minShare, Math.ceil(((shots * spare) / Math.max(1, samples)) * 20) / 20));
}

/** Moves random samples of a dataset with one split into a second, untested split, and offers to undo. */
export async function holdOutExamples(
	{ connection: { client }, datasets, toasts }: Pick<Services, 'connection' | 'datasets' | 'toasts'>,
	{ dataset, facets }: DatasetLook,
	techniques: readonly Technique[],
	/** Called after the dataset has changed. */
	changed: () => Promise<void>,
): Promise<void> {
	const share = computeHeldOutShare(dataset.latest.samples, countMostShots(techniques));
	const only = facets.splits[0]?.split ?? heldOutSplit;
	const rest = only === heldOutSplit ? 'test' : only;
	const { splits, undoId } = await client.datasets.samples.randomSplit({
		datasetId: dataset.id,
		parts: [
			{ split: rest, share: 1 - share },
			{ split: heldOutSplit, share },
		],
	});
	const tell = async (): Promise<void> => {
		await datasets.changed(dataset.id);
		await changed();
	};
	async function undo(id: string): Promise<void> {
		try {
			await client.datasets.samples.undo({ undoId: id });
			await tell();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	await tell();
	toasts.show({
		text: t('“{name}” reserves {samples, plural, one {# sample} other {# samples}} as examples', {
			name: dataset.name,
			samples: splits.find(({ split }) => split === heldOutSplit)?.count ?? 0,
		}),
		...(undoId === null ? {} : { action: { label: t('Undo'), run: () => void undo(undoId) } }),
	});
}
