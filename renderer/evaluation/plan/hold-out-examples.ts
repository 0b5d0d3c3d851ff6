import type { DatasetLook } from '../../../electron/contract/evaluation/defaults.ts';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { toFailure } from '../../connection/failure.ts';
import { formatCount } from '../../design/format.ts';
import type { Services } from '../../services.ts';

const heldOutSplit = 'examples';
/** Shares of the samples that are set apart; more than half would leave too few to test. */
const minShare = 0.2;
const maxShare = 0.5;

/** Most examples that one of the techniques shows. */
export function countMostShots(techniques: readonly Technique[]): number {
	return Math.max(0, ...techniques.map((technique) => ('shots' in technique ? technique.shots : 0)));
}

/** So many for each that is asked for: some may ask what a tested sample asks, and are passed over. */
const spare = 1.5;

/** A fifth, and more where that would be too few for what is asked for. */
export function computeHeldOutShare(samples: number, shots: number): number {
	return Math.min(maxShare, Math.max(minShare, Math.ceil(((shots * spare) / Math.max(1, samples)) * 20) / 20));
}

/** Draws samples of a dataset of one split into another, which is not tested; and says how to take it back. */
export async function holdOutExamples(
	{ connection: { client }, datasets, toasts }: Pick<Services, 'connection' | 'datasets' | 'toasts'>,
	{ dataset, facets }: DatasetLook,
	techniques: readonly Technique[],
	/** The dataset is another one now. */
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
		text: `“${dataset.name}” keeps ${formatCount(splits.find(({ split }) => split === heldOutSplit)?.count ?? 0)} samples apart as examples`,
		...(undoId === null ? {} : { action: { label: 'Undo', run: () => void undo(undoId) } }),
	});
}
