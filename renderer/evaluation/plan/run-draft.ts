import type { ResolvedConfig } from '../../../electron/contract/evaluation/calls.ts';
import {
	type Parameters,
	parametersSchema,
	type RunConfig,
	type RunConfigInput,
} from '../../../electron/contract/evaluation/run-config.ts';
import { type ScorerInput, type ScorerKind, scorerSchema } from '../../../electron/contract/evaluation/scorer.ts';
import { namedApart, scorerName } from '../../../electron/contract/evaluation/scorer-name.ts';
import {
	type Technique,
	type TechniqueInput,
	techniqueSchema,
} from '../../../electron/contract/evaluation/technique.ts';
import type { AdaptedModel } from '../../library/adapted-model.ts';
import { t } from '../../messages/t.ts';

/** Content of the form: a config whose dataset may not be chosen yet. */
export interface RunDraft extends Omit<RunConfig, 'dataset'> {
	readonly datasetId: number | null;
	readonly versionId: number | null;
	readonly split: string | null;
	readonly tags: readonly string[];
	readonly limit: number | null;
}

/** Default parameters: greedy, with a length limit. */
export const defaultParameters: Parameters = parametersSchema.parse({});

export const emptyDraft: RunDraft = {
	name: '',
	datasetId: null,
	versionId: null,
	split: null,
	tags: [],
	limit: null,
	promptVersionIds: [],
	techniques: [completeTechnique({ kind: 'zero-shot' })],
	modelFileIds: [],
	parameters: [defaultParameters],
	scorers: [],
	epochs: 1,
	seed: 0,
	width: 8,
	independent: true,
	shardSize: 32,
	contextSize: null,
	threads: 0,
	criteria: [],
};

/** Fills in the defaults of a technique. */
export function completeTechnique(input: TechniqueInput): Technique {
	return techniqueSchema.parse(input);
}

/** Fills in the defaults of a scorer. */
export function completeScorer(input: ScorerInput): RunConfig['scorers'][number] {
	return scorerSchema.parse(input);
}

export function toRunDraft({ dataset, ...rest }: ResolvedConfig['config']): RunDraft {
	return { ...rest, ...dataset };
}

/** Lists the names under which the scorers' values are stored. */
export function listScorerNames(scorers: RunDraft['scorers']): readonly string[] {
	return namedApart(scorers).map(scorerName);
}

/** Replaces the scorers, edited in place or added or removed; a criterion follows its scorer to a new name. */
export function replaceScorers(
	{ scorers, criteria }: RunDraft,
	next: RunDraft['scorers'],
): Pick<RunDraft, 'scorers' | 'criteria'> {
	const [before, after] = [listScorerNames(scorers), listScorerNames(next)];
	const renamed = (metric: string): string => {
		const index = before.indexOf(metric);
		const scorer = scorers[index];
		if (scorer === undefined) return metric;
		return after[before.length === after.length ? index : next.indexOf(scorer)] ?? metric;
	};
	return { scorers: next, criteria: criteria.map((one) => ({ ...one, metric: renamed(one.metric) })) };
}

/** Describes what is still missing, for the button; null: the run can start. */
export function describeMissing(draft: RunDraft): string | null {
	if (draft.datasetId === null) return t('Choose a dataset');
	if (draft.promptVersionIds.length === 0) return t('Choose a prompt');
	if (draft.techniques.length === 0) return t('Choose a technique');
	const unwritten = draft.techniques.map(describeIncomplete).find((words) => words !== null);
	if (unwritten !== undefined) return unwritten;
	if (draft.modelFileIds.length === 0) return t('Choose a model');
	if (draft.scorers.length === 0) return t('Add a scorer');
	for (const scorer of draft.scorers) {
		if (scorer.kind === 'regex' && scorer.pattern.trim() === '') return t('Write the scorer’s pattern');
		if (scorer.kind === 'javascript' && scorer.code.trim() === '') return t('Write the scorer’s function');
		if (scorer.kind === 'judge' && scorer.rubric.trim() === '') return t('Write the judge’s rubric');
	}
	return null;
}

/** Describes what a technique still needs. */
function describeIncomplete(technique: Technique): string | null {
	if ('shots' in technique && technique.answer === '') return t('Write the example answer');
	const extract = 'extract' in technique ? technique.extract : null;
	if (extract?.kind === 'after' && extract.marker === '') return t('Write the marker before the answer');
	if (extract?.kind === 'json' && extract.field === '') return t('Write the answer’s JSON field');
	if (extract?.kind === 'regex' && extract.pattern === '') return t('Write the answer’s pattern');
	return null;
}

/** The models of the run without adapters, and those with some, in the order of the result's columns. */
export function splitModels({ modelFileIds, modelAdapters }: Pick<RunDraft, 'modelFileIds' | 'modelAdapters'>): {
	readonly plain: readonly number[];
	readonly adapted: readonly AdaptedModel[];
} {
	const all = modelFileIds.map((modelFileId, index) => ({ modelFileId, adapters: modelAdapters?.[index] ?? [] }));
	return {
		plain: all.filter(({ adapters }) => adapters.length === 0).map(({ modelFileId }) => modelFileId),
		adapted: all.filter(({ adapters }) => adapters.length > 0),
	};
}

/** Undoes `splitModels`. */
export function joinModels(
	plain: readonly number[],
	adapted: readonly AdaptedModel[],
): Pick<RunDraft, 'modelFileIds' | 'modelAdapters'> {
	return {
		modelFileIds: [...plain, ...adapted.map(({ modelFileId }) => modelFileId)],
		modelAdapters:
			adapted.length === 0 ? undefined : [...plain.map(() => []), ...adapted.map(({ adapters }) => [...adapters])],
	};
}

/** Counts the combinations that the run measures. */
export function countCombinations(draft: RunDraft): number {
	const { promptVersionIds, techniques, modelFileIds, parameters, contexts = [{}] } = draft;
	return promptVersionIds.length * techniques.length * modelFileIds.length * parameters.length * contexts.length;
}

/** Returns null while something is missing. */
export function toRunConfig(draft: RunDraft): RunConfigInput | null {
	if (draft.datasetId === null || describeMissing(draft) !== null) return null;
	const { datasetId, versionId, split, tags, limit, ...rest } = draft;
	const names = new Set(listScorerNames(draft.scorers));
	return {
		...rest,
		dataset: { datasetId, versionId, split, tags: [...tags], limit },
		scorers: namedApart(draft.scorers),
		// Drop the criteria of removed scorers.
		criteria: draft.criteria.filter(({ metric }) => names.has(metric) || isRunMetric(metric)),
	};
}

function isRunMetric(metric: string): boolean {
	return /^(latency-|tokens-per-second$|failed$|unscored$)/.test(metric);
}

/** Creates a scorer of a kind with its defaults. Kinds that need the user's own text start without one. */
export function createScorer(kind: ScorerKind, judgeId: number): RunDraft['scorers'][number] {
	if (kind === 'regex')
		return { kind, pattern: '', ignoreCase: false, multiline: false, dotAll: false, right: 'match' };
	if (kind === 'javascript') return { kind, code: defaultCode, timeMs: 1_000, memoryMb: 32 };
	if (kind === 'judge') {
		return { kind, modelFileId: judgeId, rubric: '', scale: 'pass-fail', showTarget: true, reasons: false };
	}
	return completeScorer({ kind });
}

const defaultCode = `function score({ output, target }) {
	return output.trim() === target;
}`;
