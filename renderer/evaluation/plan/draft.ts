import type { RunConfig, RunConfigInput } from '../../../electron/contract/evaluation/config.ts';
import type { ResolvedConfig } from '../../../electron/contract/evaluation/config-file/calls.ts';
import { type Parameters, parametersSchema } from '../../../electron/contract/evaluation/parameters.ts';
import { type ScorerInput, type ScorerKind, scorerSchema } from '../../../electron/contract/evaluation/scorer.ts';
import { namedApart, scorerName } from '../../../electron/contract/evaluation/scorer-name.ts';
import {
	type Technique,
	type TechniqueInput,
	techniqueSchema,
} from '../../../electron/contract/evaluation/technique.ts';

/** What the form holds: a config whose dataset may not be chosen yet. */
export interface Draft extends Omit<RunConfig, 'dataset'> {
	readonly datasetId: number | null;
	readonly versionId: number | null;
	readonly split: string | null;
	readonly tags: readonly string[];
	readonly limit: number | null;
}

/** The usual answers: greedy, bounded. */
export const usualParameters: Parameters = parametersSchema.parse({});

export const emptyDraft: Draft = {
	name: '',
	datasetId: null,
	versionId: null,
	split: null,
	tags: [],
	limit: null,
	promptVersionIds: [],
	techniques: [techniqueOf({ kind: 'zero-shot' })],
	modelFileIds: [],
	parameters: [usualParameters],
	scorers: [],
	epochs: 1,
	seed: 0,
	width: 8,
	shardSize: 32,
	contextSize: null,
	threads: 0,
	criteria: [],
};

/** A technique with everything that was left out. */
export function techniqueOf(input: TechniqueInput): Technique {
	return techniqueSchema.parse(input);
}

/** A scorer with everything that was left out. */
export function scorerOf(input: ScorerInput): RunConfig['scorers'][number] {
	return scorerSchema.parse(input);
}

export function draftOf({ dataset, ...rest }: ResolvedConfig['config']): Draft {
	return { ...rest, ...dataset };
}

/** Names under which the values of scorers are kept. */
export function scorerNames(scorers: Draft['scorers']): readonly string[] {
	return namedApart(scorers).map(scorerName);
}

/** Other scorers: changed in their places, or some more or fewer; what was asked of one goes with it to its new name. */
export function scorersPut({ scorers, criteria }: Draft, next: Draft['scorers']): Pick<Draft, 'scorers' | 'criteria'> {
	const [before, after] = [scorerNames(scorers), scorerNames(next)];
	const renamed = (metric: string): string => {
		const index = before.indexOf(metric);
		const scorer = scorers[index];
		if (scorer === undefined) return metric;
		return after[before.length === after.length ? index : next.indexOf(scorer)] ?? metric;
	};
	return { scorers: next, criteria: criteria.map((one) => ({ ...one, metric: renamed(one.metric) })) };
}

/** What is still to be chosen, in words for the button; null: it can begin. */
export function missingOf(draft: Draft): string | null {
	if (draft.datasetId === null) return 'Choose a dataset';
	if (draft.promptVersionIds.length === 0) return 'Choose a prompt';
	if (draft.techniques.length === 0) return 'Choose a technique';
	const unwritten = draft.techniques.map(unwrittenOf).find((words) => words !== null);
	if (unwritten !== undefined) return unwritten;
	if (draft.modelFileIds.length === 0) return 'Choose a model';
	if (draft.scorers.length === 0) return 'Choose how answers are scored';
	for (const scorer of draft.scorers) {
		if (scorer.kind === 'regex' && scorer.pattern.trim() === '') return 'Write the pattern of the scorer';
		if (scorer.kind === 'javascript' && scorer.code.trim() === '') return 'Write the function of the scorer';
		if (scorer.kind === 'judge' && scorer.rubric.trim() === '') return 'Write what the judge looks for';
	}
	return null;
}

/** What a technique still needs. */
function unwrittenOf(technique: Technique): string | null {
	if ('shots' in technique && technique.answer === '') return 'Write what an example answers';
	const extract = 'extract' in technique ? technique.extract : null;
	if (extract?.kind === 'after' && extract.marker === '') return 'Write the mark that the answer follows';
	if (extract?.kind === 'json' && extract.field === '') return 'Write the field that holds the answer';
	if (extract?.kind === 'regex' && extract.pattern === '') return 'Write the pattern that finds the answer';
	return null;
}

/** How many combinations it measures. */
export function combinations(draft: Draft): number {
	const { promptVersionIds, techniques, modelFileIds, parameters } = draft;
	return promptVersionIds.length * techniques.length * modelFileIds.length * parameters.length;
}

/** null while something is missing. */
export function configOf(draft: Draft): RunConfigInput | null {
	if (draft.datasetId === null || missingOf(draft) !== null) return null;
	const { datasetId, versionId, split, tags, limit, ...rest } = draft;
	const names = new Set(scorerNames(draft.scorers));
	return {
		...rest,
		dataset: { datasetId, versionId, split, tags: [...tags], limit },
		scorers: namedApart(draft.scorers),
		// What a scorer that was taken away was asked for.
		criteria: draft.criteria.filter(({ metric }) => names.has(metric) || isRunMetric(metric)),
	};
}

function isRunMetric(metric: string): boolean {
	return /^(latency-|tokens-per-second$|failed$|unscored$)/.test(metric);
}

/** What a scorer of a kind begins with. Kinds that need a text of the person's own begin without one. */
export function newScorer(kind: ScorerKind, judgeId: number): Draft['scorers'][number] {
	if (kind === 'regex')
		return { kind, pattern: '', ignoreCase: false, multiline: false, dotAll: false, right: 'match' };
	if (kind === 'javascript') return { kind, code: defaultCode, timeMs: 1_000, memoryMb: 32 };
	if (kind === 'judge') {
		return { kind, modelFileId: judgeId, rubric: '', scale: 'pass-fail', showTarget: true, reasons: false };
	}
	return scorerOf({ kind });
}

const defaultCode = `function score({ output, target }) {
	return output.trim() === target;
}`;
