import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Sample } from '../../electron/contract/dataset/schema.ts';
import type { TechniqueInput } from '../../electron/contract/evaluation/technique.ts';
import type { PromptContent, PromptPreview } from '../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

/** Ways to ask that can be looked at here; a run has all of them. */
export type PreviewTechnique = 'zero-shot' | 'few-shot' | 'chain-of-thought';

export interface PreviewState {
	/** Version of the dataset whose samples are looked through; null: none yet. */
	versionId: number | null;
	/** The sample's place in it, and how many there are. */
	index: number;
	total: number;
	sample: Sample | null;
	/** Variables that the samples have. */
	names: readonly string[];
	technique: PreviewTechnique;
	preview: PromptPreview | null;
	/** Why there is none. */
	failure: FailureFacts | null;
}

export interface PreviewStore {
	readonly state: StoreApi<PreviewState>;
	/** Looks through this version's samples. */
	choose(versionId: number | null): Promise<void>;
	/** To the next or an earlier sample. */
	step(by: number): Promise<void>;
	use(technique: PreviewTechnique): void;
	/** What the model would be given of this text. */
	show(content: PromptContent): void;
}

/** Typing pauses shorter than this don't ask, ms. */
const typingPauseMs = 180;

/** Examples that few-shot shows here. */
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
		versionId: null,
		names: [],
		technique: 'zero-shot',
		preview: null,
		failure: null,
	}));
	let content: PromptContent | null = null;
	let examples: readonly Sample[] = [];
	/** What is looked at next; shown with what it becomes, never beside what another sample became. */
	let place: Pick<PreviewState, 'index' | 'total' | 'sample'> = nowhere;
	/** Index that was asked for last: keys come faster than answers. */
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
		if (state.getState().versionId === versionId && wanted === index) place = { index, total, sample };
	}

	/** From the split that is there for it, else from the end, where one looks last. */
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
		async choose(versionId) {
			if (versionId === state.getState().versionId) return;
			place = nowhere;
			wanted = 0;
			examples = [];
			state.setState({ ...place, versionId, names: [], preview: null, failure: null });
			if (versionId === null) return;
			await attempt(async () => {
				await fetchSample(versionId, 0);
				const facets = await client.datasets.samples.facets({ versionId });
				examples = await fetchExamples(versionId);
				if (state.getState().versionId !== versionId) return;
				state.setState({ names: facets.variables });
				await ask();
			});
		},
		async step(by) {
			const { versionId, total } = state.getState();
			const to = Math.max(0, Math.min(total - 1, wanted + by));
			if (versionId === null || to === wanted) return;
			wanted = to;
			await attempt(async () => {
				await fetchSample(versionId, to);
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
