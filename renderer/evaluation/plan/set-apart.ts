import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import type { DatasetLook } from '../../../electron/contract/prompt/defaults.ts';
import { failureOf } from '../../connection/failure.ts';
import { count } from '../../design/format.ts';
import type { Services } from '../../services.ts';

const apart = 'examples';
/** Shares of the samples that are set apart; more than half would leave too few to test. */
const least = 0.2;
const most = 0.5;

/** Most examples that one of the techniques shows. */
export function mostShots(techniques: readonly Technique[]): number {
	return Math.max(0, ...techniques.map((technique) => ('shots' in technique ? technique.shots : 0)));
}

/** So many for each that is asked for: some may ask what a tested sample asks, and are passed over. */
const spare = 1.5;

/** A fifth, and more where that would be too few for what is asked for. */
export function shareApart(samples: number, shots: number): number {
	return Math.min(most, Math.max(least, Math.ceil(((shots * spare) / Math.max(1, samples)) * 20) / 20));
}

/** Draws samples of a dataset of one split into another, which is not tested; and says how to take it back. */
export async function setExamplesApart(
	{ connection: { client }, datasets, toasts }: Pick<Services, 'connection' | 'datasets' | 'toasts'>,
	{ dataset, facets }: DatasetLook,
	techniques: readonly Technique[],
	/** The dataset is another one now. */
	changed: () => Promise<void>,
): Promise<void> {
	const share = shareApart(dataset.latest.samples, mostShots(techniques));
	const only = facets.splits[0]?.split ?? apart;
	const rest = only === apart ? 'test' : only;
	const { splits, undoId } = await client.datasets.samples.randomSplit({
		datasetId: dataset.id,
		parts: [
			{ split: rest, share: 1 - share },
			{ split: apart, share },
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
			toasts.fail(failureOf(error).message);
		}
	}
	await tell();
	toasts.show({
		text: `“${dataset.name}” keeps ${count(splits.find(({ split }) => split === apart)?.count ?? 0)} samples apart as examples`,
		...(undoId === null ? {} : { action: { label: 'Undo', run: () => void undo(undoId) } }),
	});
}
