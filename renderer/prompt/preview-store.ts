import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Sample } from '../../electron/contract/dataset/schema.ts';
import type { TechniqueInput } from '../../electron/contract/evaluation/technique.ts';
import type { PromptContent, PromptPreview } from '../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** Techniques available in the preview; a run has all of them. */
export type PreviewTechnique = 'zero-shot' | 'few-shot' | 'chain-of-thought';

export interface PreviewState {
	/** The dataset that provides the samples; null: none yet. */
	dataset: PreviewDataset | null;
	/** Index of the sample, and the number of samples. */
	index: number;
	total: number;
	sample: Sample | null;
	/** Variables of the samples. */
	names: readonly string[];
	technique: PreviewTechnique;
	preview: PromptPreview | null;
	/** The reason why there is no preview. */
	failure: FailureFacts | null;
}

/** The newest version of a dataset; a draft keeps its id when samples are added. */
export interface PreviewDataset {
	readonly id: number;
	readonly versionId: number;
	readonly samples: number;
}

export interface PreviewStore {
	readonly state: StoreApi<PreviewState>;
	/** Previews the samples of this dataset; stays at the sample when the dataset has changed. */
	choose(dataset: PreviewDataset | null): Promise<void>;
	/** Moves to the next or previous sample. */
	step(by: number): Promise<void>;
	use(technique: PreviewTechnique): void;
	/** Previews the model's input for this text. */
	show(content: PromptContent): void;
}

/** Pause in typing before a request, in ms. */
const typingPauseMs = 180;

/** Number of examples in a few-shot preview. */
const shots = 3;

const techniques: Record<PreviewTechnique, TechniqueInput> = {
	'zero-shot': { kind: 'zero-shot' },
	'few-shot': { kind: 'few-shot', shots },
	'chain-of-thought': { kind: 'chain-of-thought' },
};

const nowhere = { index: 0, total: 0, sample: null } as const;

export function createPreviewStore({ client }: Connection): PreviewStore {
	const state = createStore<PreviewState>(() => ({
		...nowhere,
		dataset: null,
		names: [],
		technique: 'zero-shot',
		preview: null,
		failure: null,
	}));
	let content: PromptContent | null = null;
	let examples: readonly Sample[] = [];
	/** The next sample to show; it appears only together with its own preview, never next to another sample's. */
	let place: Pick<PreviewState, 'index' | 'total' | 'sample'> = nowhere;
	/** Latest requested index: keys arrive faster than responses. */
	let wanted = 0;
	let asking = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function ask(): Promise<void> {
		asking.abort();
		asking = new AbortController();
		const { signal } = asking;
		const { sample } = place;
		const { technique } = state.getState();
		if (content === null || sample === null) return;
		if (content.template.trim() === '') return state.setState({ ...place, preview: null, failure: null });
		try {
			const preview = await client.prompts.preview(
				{ content, sample, technique: techniques[technique], examples: technique === 'few-shot' ? [...examples] : [] },
				{ signal },
			);
			if (!signal.aborted) state.setState({ ...place, preview, failure: null });
		} catch (error) {
			if (signal.aborted || isConnectionLoss(error)) return;
			state.setState({ ...place, failure: toFailure(error) });
		}
	}

	async function fetchSample(versionId: number, index: number): Promise<void> {
		const { rows, total } = await client.datasets.samples.list({ versionId, offset: index, limit: 1 });
		const [row] = rows;
		const sample = row === undefined ? null : await client.datasets.samples.get({ versionId, sampleId: row.id });
		if (state.getState().dataset?.versionId === versionId && wanted === index) place = { index, total, sample };
	}

	/** Fetches examples from the split for examples if there is one, else from the end, where users look last. */
	async function fetchExamples(versionId: number): Promise<readonly Sample[]> {
		const { samples } = client.datasets;
		const kept = await samples.list({ versionId, filter: { splits: ['examples'] }, limit: shots });
		const { total } = place;
		const rows =
			kept.rows.length > 0
				? kept.rows
				: (await samples.list({ versionId, offset: Math.max(1, total - shots), limit: shots })).rows;
		return Promise.all(rows.map(({ id }) => samples.get({ versionId, sampleId: id })));
	}

	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ failure: toFailure(error) });
		}
	}

	return {
		state,
		async choose(dataset) {
			const before = state.getState().dataset;
			if (dataset?.versionId === before?.versionId && dataset?.samples === before?.samples) return;
			if (dataset === null || dataset.id !== before?.id) {
				place = nowhere;
				wanted = 0;
				examples = [];
				state.setState({ ...place, dataset, names: [], preview: null, failure: null });
				if (dataset === null) return;
			} else state.setState({ dataset });
			const { versionId, samples } = dataset;
			wanted = Math.max(0, Math.min(wanted, samples - 1));
			await attempt(async () => {
				await fetchSample(versionId, wanted);
				const facets = await client.datasets.samples.facets({ versionId });
				examples = await fetchExamples(versionId);
				if (state.getState().dataset !== dataset) return;
				state.setState({ names: facets.variables });
				await ask();
			});
		},
		async step(by) {
			const { dataset, total } = state.getState();
			const to = Math.max(0, Math.min(total - 1, wanted + by));
			if (dataset === null || to === wanted) return;
			wanted = to;
			await attempt(async () => {
				await fetchSample(dataset.versionId, to);
				await ask();
			});
		},
		use(technique) {
			state.setState({ technique });
			void ask();
		},
		show(next) {
			content = next;
			clearTimeout(timer);
			timer = setTimeout(() => void ask(), state.getState().preview === null ? 0 : typingPauseMs);
		},
	};
}
