import { useEffect, useEffectEvent, useRef, useState } from 'react';
import {
	type DatasetLook,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
} from '../../electron/contract/evaluation/defaults.ts';
import { inspectDataset } from '../../electron/contract/evaluation/inspect-dataset.ts';
import type { Scorer } from '../../electron/contract/evaluation/scorer.ts';
import type { Technique } from '../../electron/contract/evaluation/technique.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { fetchPlanChoices, type PlanChoices } from '../evaluation/plan/plan-choices.ts';
import { completeScorer, completeTechnique } from '../evaluation/plan/run-draft.ts';
import { filterUsable } from '../evaluation/plan/sample-choice.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { PlanInput } from './comparison-store.ts';

/** This many samples reveal differences of about ten points and take a small model about a minute. */
const defaultLimit = 100;

export interface TaskDraft {
	readonly datasetId: number;
	readonly split: string | null;
	readonly limit: number | null;
	readonly promptVersionId: number | null;
	readonly technique: Technique;
	/** null: nothing in the dataset defines a correct answer. */
	readonly scorer: Scorer | null;
}

export interface TaskForm {
	readonly choices: PlanChoices | null;
	/** null until a dataset has been inspected. */
	readonly draft: TaskDraft | null;
	readonly look: DatasetLook | null;
	readonly failure: FailureFacts | null;
	change(part: Partial<TaskDraft>): void;
	/** Resets everything that depends on the dataset. */
	chooseDataset(id: number): Promise<void>;
}

/**
 * State of the form for the samples that every file answers, with the defaults of a new run; loaded when first needed.
 * `starterId`: the set that comes with Assay to begin with; null: the user's own samples.
 */
export function useTask(on: boolean, starterId: string | null = null): TaskForm {
	const { connection } = useServices();
	const { client } = connection;
	const [choices, setChoices] = useState<PlanChoices | null>(null);
	const [look, setLook] = useState<DatasetLook | null>(null);
	const [draft, setDraft] = useState<TaskDraft | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	/** The latest chosen dataset; results about an earlier one are discarded. */
	const chosen = useRef<number | null>(null);

	async function take(known: PlanChoices, id: number): Promise<void> {
		const dataset = known.datasets.find((one) => one.id === id);
		if (dataset === undefined) return;
		// Set at once, so that choices made during the inspection are kept.
		setDraft((now) => (now === null ? null : { ...now, datasetId: id, split: null, limit: defaultLimit }));
		chosen.current = id;
		const seen = await inspectDataset(client, dataset);
		if (chosen.current !== id) return;
		const [scorer] = defaultScorers(seen);
		setLook(seen);
		setDraft((now) => ({
			datasetId: id,
			split: now?.split ?? null,
			limit: now === null ? defaultLimit : now.limit,
			promptVersionId: defaultPrompts(known.prompts, seen).at(-1)?.latest.id ?? null,
			technique: completeTechnique(defaultTechnique(seen)),
			scorer: scorer === undefined ? null : completeScorer(scorer),
		}));
	}
	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
			setFailure(null);
		} catch (error) {
			if (!isConnectionLoss(error)) setFailure(toFailure(error));
		}
	}
	const begin = useEffectEvent(() =>
		attempt(async () => {
			const known = await fetchPlanChoices(client);
			setChoices(known);
			const some = filterUsable(known.datasets);
			// The user’s own samples tell more about the files than those that come with Assay.
			const first = some.find((one) => one.starterId === starterId) ?? some[0];
			if (first !== undefined) await take(known, first.id);
		}),
	);
	const asked = on && choices === null;
	useEffect(() => {
		if (asked) void begin();
	}, [asked]);
	return {
		choices,
		draft,
		look,
		failure,
		change: (part) => setDraft((now) => (now === null ? null : { ...now, ...part })),
		chooseDataset: (id) => attempt(async () => (choices === null ? undefined : take(choices, id))),
	};
}

/** Converts the draft to plan input. */
export function toTask({ datasetId, split, limit, ...rest }: TaskDraft): PlanInput['task'] {
	return { ...rest, dataset: { datasetId, versionId: null, split, limit } };
}

/** Converts the draft of tool tasks to plan input: how they are asked and scored follows from the samples. */
export function toToolTask({ datasetId, split, limit }: TaskDraft): PlanInput['tools'] {
	return { dataset: { datasetId, versionId: null, split, limit } };
}

/** Describes what is still missing, for the button; null: it can start. */
export function describeMissing({ draft, choices }: TaskForm): string | null {
	if (choices === null) return t('Loading datasets');
	if (draft === null) return t('Import a dataset with samples first');
	if (draft.promptVersionId === null) return t('Choose a prompt for the samples');
	if (draft.scorer === null) return t('Choose how answers are scored');
	return null;
}
