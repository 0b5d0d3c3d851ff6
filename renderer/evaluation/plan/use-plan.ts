import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { DatasetVersion } from '../../../electron/contract/dataset/schema.ts';
import type { ResolvedConfig } from '../../../electron/contract/evaluation/calls.ts';
import {
	type DatasetLook,
	defaultAnswerTokens,
	defaultContextSize,
	defaultContexts,
	defaultPrompts,
	defaultScorers,
	defaultTechnique,
	exampleSplit,
} from '../../../electron/contract/evaluation/defaults.ts';
import { inspectDataset } from '../../../electron/contract/evaluation/inspect-dataset.ts';
import type { Estimate } from '../../../electron/contract/evaluation/schema.ts';
import type { PromptVersion } from '../../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { type QueryResult, useQuery } from '../../connection/use-query.ts';
import { chooseDefaultModel } from '../../library/library-store.ts';
import { type Services, useServices } from '../../services.ts';
import { formatEvaluateRoute, listPromptVersionIds, type NewRunStart } from '../evaluate-route.ts';
import { fetchLibraryFiles } from './first-run.ts';
import { holdOutExamples } from './hold-out-examples.ts';
import { fetchPlanChoices, fetchPromptVersions, type PlanChoices } from './plan-choices.ts';
import {
	completeScorer,
	completeTechnique,
	defaultParameters,
	emptyDraft,
	type RunDraft,
	toRunConfig,
	toRunDraft,
} from './run-draft.ts';

/** Choices that follow the dataset until the person makes them. */
const dependentChoices = [
	'scorers',
	'techniques',
	'promptVersionIds',
	'modelFileIds',
	'modelAdapters',
	'parameters',
	'contexts',
	'contextSize',
] as const;

/** A config file that filled in the form. */
export interface LoadedFile extends Pick<ResolvedConfig, 'problems' | 'notes'> {
	readonly fileName: string;
}

export interface Plan {
	readonly draft: RunDraft;
	readonly choices: PlanChoices | null;
	/** Whether the form is filled in with its first choices, or could not be. */
	readonly isFilled: boolean;
	/** Facts about the chosen dataset; null until it has been inspected. */
	readonly look: DatasetLook | null;
	/** Versions of prompts, newest first, as far as they were needed. */
	readonly versions: ReadonlyMap<number, readonly PromptVersion[]>;
	readonly failure: FailureFacts | null;
	change(part: Partial<RunDraft>): void;
	/** Switches to another dataset and resets everything that depends on it, except the user's own choices. */
	chooseDataset(id: number): Promise<void>;
	/** Switches to another version of the chosen dataset; null: the newest. */
	chooseVersion(version: DatasetVersion | null): Promise<void>;
	/** Holds out samples of a dataset with one split as examples for the techniques. */
	setApart(): Promise<void>;
	loadVersions(promptId: number): Promise<void>;
	/** Fills in the form from the text of a config file. */
	load(fileName: string, text: string): Promise<void>;
	/** The file loaded last; null: none, or its note was closed. */
	readonly loaded: LoadedFile | null;
	forgetLoaded(): void;
	reload(): Promise<void>;
}

/**
 * Returns the form of a new run, filled in from the initial choices and the defaults; as it was left, if the same form
 * was left before its start.
 */
export function usePlan(given: NewRunStart): Plan {
	const services = useServices();
	const { evaluations } = services;
	const place = formatEvaluateRoute({ kind: 'new', given }) ?? '';
	const { client } = services.connection;
	const [draft, setDraft] = useState<RunDraft>(emptyDraft);
	const [choices, setChoices] = useState<PlanChoices | null>(null);
	const [look, setLook] = useState<DatasetLook | null>(null);
	const [versions, setVersions] = useState<ReadonlyMap<number, readonly PromptVersion[]>>(new Map());
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const [isFilled, setFilled] = useState(false);
	const [loaded, setLoaded] = useState<LoadedFile | null>(null);
	/** The user's own choices stay when the dataset changes. */
	const touched = useRef(new Set<keyof RunDraft>());
	/** Whether there is something to keep when the form is left. */
	const edited = useRef(false);
	useEffect(() => {
		if (edited.current) evaluations.keepUnstarted({ place, draft, touched: [...touched.current] });
	}, [draft, evaluations, place]);
	/** The latest chosen dataset; results about an earlier one are discarded. */
	const asked = useRef<number | null>(null);

	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
			setFailure(null);
		} catch (error) {
			if (!isConnectionLoss(error)) setFailure(toFailure(error));
		}
	}
	async function takeDataset(known: PlanChoices, id: number): Promise<void> {
		const dataset = known.datasets.find((one) => one.id === id);
		if (dataset === undefined) return;
		// Set at once, so that choices made during the inspection are kept. The same dataset after a change keeps its
		// limit.
		setDraft((now) => ({
			...now,
			datasetId: id,
			versionId: null,
			split: null,
			tags: [],
			limit: now.datasetId === id ? now.limit : null,
		}));
		asked.current = id;
		const [seen, judge] = await Promise.all([inspectDataset(client, dataset), modelOf(services, undefined)]);
		if (asked.current !== id) return;
		setLook(seen);
		setDraft((now) => {
			const kept = touched.current;
			const split = exampleSplit(seen);
			return {
				...now,
				...(kept.has('scorers') ? {} : { scorers: defaultScorers(seen, judge).map(completeScorer) }),
				techniques: kept.has('techniques')
					? // The splits have changed.
						now.techniques.map((technique) => ('split' in technique ? { ...technique, split } : technique))
					: [completeTechnique(defaultTechnique(seen))],
				...(kept.has('contexts') ? {} : { contexts: defaultContexts(seen) }),
				...(kept.has('contextSize') ? {} : { contextSize: defaultContextSize(seen) }),
				...(kept.has('parameters') ? {} : { parameters: [usualAnswers(seen)] }),
				...(kept.has('promptVersionIds')
					? {}
					: { promptVersionIds: defaultPrompts(known.prompts, seen).map(({ latest }) => latest.id) }),
			};
		});
	}
	async function loadVersions(promptId: number): Promise<void> {
		const found = await fetchPromptVersions(client, promptId);
		setVersions((known) => new Map(known).set(promptId, found));
	}
	/** Older versions can only be matched to their prompt through its list of versions, so load those. */
	async function loadVersionsOf(known: PlanChoices, wanted: readonly number[]): Promise<void> {
		if (wanted.every((id) => known.prompts.some(({ latest }) => latest.id === id))) return;
		await Promise.all(known.prompts.filter(({ versions: many }) => many > 1).map(({ id }) => loadVersions(id)));
	}
	/** Takes over a complete draft from elsewhere; `own`: what stays when the dataset changes. */
	async function takeDraft(
		known: PlanChoices,
		taken: RunDraft,
		own: readonly (keyof RunDraft)[] = dependentChoices,
	): Promise<void> {
		for (const key of own) touched.current.add(key);
		asked.current = taken.datasetId;
		setDraft(taken);
		await loadVersionsOf(known, taken.promptVersionIds);
		const dataset = known.datasets.find(({ id }) => id === taken.datasetId);
		if (dataset === undefined) return setLook(null);
		const { versions: all } =
			taken.versionId === null ? { versions: [] } : await client.datasets.get({ id: dataset.id });
		const latest = all.find(({ id }) => id === taken.versionId) ?? dataset.latest;
		setLook(await inspectDataset(client, { ...dataset, latest }));
	}
	async function begin(): Promise<void> {
		const known = await fetchPlanChoices(client);
		setChoices(known);
		const { unstarted } = evaluations.state.getState();
		if (unstarted?.place === place) {
			edited.current = true;
			return takeDraft(known, unstarted.draft, unstarted.touched);
		}
		if (given.runId !== undefined) {
			const run = await client.evaluations.get({ id: given.runId });
			const copied = { ...toRunDraft(run.config), versionId: null, name: '' };
			await takeDraft(known, given.samples === undefined ? copied : { ...copied, limit: given.samples });
			return;
		}
		const model = await modelOf(services, given.modelFileId);
		setDraft((now) => ({ ...now, modelFileIds: model === undefined ? [] : [model] }));
		const wanted = listPromptVersionIds(given);
		if (wanted.length > 0) {
			touched.current.add('promptVersionIds');
			setDraft((now) => ({ ...now, promptVersionIds: [...wanted] }));
			await loadVersionsOf(known, wanted);
		}
		const first = given.datasetId ?? known.datasets.find(({ latest }) => latest.samples > 0)?.id;
		if (first !== undefined) await takeDataset(known, first);
	}
	// Fill in the form once, from its initial choices.
	const fill = useEffectEvent(() => void attempt(begin).finally(() => setFilled(true)));
	useEffect(() => fill(), []);

	return {
		draft,
		choices,
		isFilled,
		look,
		versions,
		failure,
		loaded,
		forgetLoaded: () => setLoaded(null),
		load: (fileName, text) =>
			attempt(async () => {
				setLoaded(null);
				const { config, ...found } = await client.evaluations.configFile.read({ text, name: fileName });
				const known = await fetchPlanChoices(client);
				setChoices(known);
				setLoaded({ fileName, ...found });
				edited.current = true;
				await takeDraft(known, toRunDraft(config));
			}),
		change(part) {
			edited.current = true;
			for (const key of Object.keys(part)) touched.current.add(key as keyof RunDraft);
			setDraft((now) => ({ ...now, ...part }));
		},
		chooseDataset(id) {
			edited.current = true;
			return attempt(async () => (choices === null ? undefined : takeDataset(choices, id)));
		},
		chooseVersion: (version) =>
			attempt(async () => {
				const dataset = choices?.datasets.find(({ id }) => id === draft.datasetId);
				if (dataset === undefined) return;
				edited.current = true;
				setDraft((now) => ({ ...now, versionId: version?.id ?? null, split: null, tags: [] }));
				setLook(await inspectDataset(client, version === null ? dataset : { ...dataset, latest: version }));
			}),
		setApart: () =>
			attempt(async () => {
				if (look === null) return;
				const again = async () => {
					const known = await fetchPlanChoices(client);
					setChoices(known);
					await takeDataset(known, look.dataset.id);
				};
				await holdOutExamples(services, look, draft.techniques, again);
			}),
		loadVersions: (id) => attempt(() => loadVersions(id)),
		reload: () =>
			attempt(async () => {
				setChoices(await fetchPlanChoices(client));
			}),
	};
}

function usualAnswers(look: DatasetLook): RunDraft['parameters'][number] {
	return { ...defaultParameters, maxTokens: defaultAnswerTokens(look) ?? defaultParameters.maxTokens };
}

async function modelOf(services: Services, wanted: number | undefined): Promise<number | undefined> {
	const files = await fetchLibraryFiles(services);
	return files.find(({ id, problem }) => id === wanted && problem === null)?.id ?? chooseDefaultModel(files)?.id;
}

/** Pause after the last change of the form, in ms. */
const typingPauseMs = 250;

export type Estimated = QueryResult<Estimate>;

/** Estimates the run shortly after the last change; its failure describes the errors in the config. */
export function useRunEstimate(draft: RunDraft): Estimated {
	const config = toRunConfig(draft);
	return useQuery(
		config === null ? null : JSON.stringify(config),
		// Without a config there is no query.
		(client, signal) => client.evaluations.estimate(config!, { signal }),
		typingPauseMs,
	);
}
