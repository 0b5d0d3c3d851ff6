import { phrase } from '../../../models/contract/message-syntax.ts';
import { knownTasks, type TaskId } from '../dataset/known-tasks.ts';
import type { Dataset, Facets, Sample, SampleRow } from '../dataset/schema.ts';
import type { Prompt } from '../prompt/schema.ts';
import type { ArmContext } from './arm-context.ts';
import type { ScorerInput } from './scorer.ts';
import type { TechniqueInput } from './technique.ts';
import type { ToolCallPart } from './tool-task.ts';

/** A first look at a dataset, used to fill in a form. */
export interface DatasetLook {
	readonly dataset: Dataset;
	readonly facets: Facets;
	/** The first samples, truncated. */
	readonly rows: readonly Pick<SampleRow, 'target'>[];
	/** The first sample in full; null if there is none. */
	readonly first: Sample | null;
}

/** Targets up to this length can be answered word for word, characters. */
const shortTarget = 60;

/** This many samples per distinct target make it a classification. */
const samplesPerClass = 3;

function taskOf({ facets }: DatasetLook): (typeof knownTasks)[TaskId] | undefined {
	const [task] = facets.tasks;
	return task !== undefined && task in knownTasks ? knownTasks[task as TaskId] : undefined;
}

/** Whether the samples offer tools. */
function hasTools({ first }: DatasetLook): boolean {
	return Array.isArray(first?.metadata.tools) && first.metadata.tools.length > 0;
}

/** Names of the figures of a run with tools. */
const toolPartNames: Readonly<Record<ToolCallPart, string>> = {
	call: 'right call',
	tool: 'right tool',
	schema: 'valid arguments',
	arguments: 'right arguments',
	steps: 'no extra calls',
	result: 'end result',
};

/** Whether the choices are labels shared by all samples, of which the model writes one. */
function isLabels({ dataset }: DatasetLook): boolean {
	return dataset.starterId !== null && /class|topic|label/.test(dataset.starterId);
}

/**
 * MT-Bench's grading of one answer, 1 to 10, in the words of its judge prompts single-v1 and single-math-v1
 * (lm-sys/FastChat, Apache-2.0); every rubric shows the question, the answer and the reference.
 */
export function mtBenchJudge(modelFileId: number): Extract<ScorerInput, { kind: 'judge' }> {
	return {
		kind: 'judge',
		name: 'MT-Bench',
		modelFileId,
		scale: 'grade-10',
		reasons: true,
		rubric:
			'Evaluate the quality of the response to the user question. Consider factors such as the helpfulness, relevance, accuracy, depth, creativity, and level of detail of the response. Where a reference answer is given, compare the answer with it first, identify any mistakes, and consider correctness and helpfulness. Be as objective as possible.',
	};
}

/**
 * Scorers for this dataset unless others are given. Empty: the dataset does not say what is right. `judgeId`: the judge
 * model, for sets that are published with a judge.
 */
export function defaultScorers(look: DatasetLook, judgeId?: number): readonly ScorerInput[] {
	const task = taskOf(look);
	const [kind, measure] = task?.scorer.split(' ') ?? [];
	if (kind === 'choice') return [{ kind, measure: measure as 'acc' }];
	if (kind === 'numeric') return gsm8kScorers(look);
	if (kind === 'exact') return [{ kind, ignoreCase: true }];
	if (kind === 'ifeval') return ifevalScorers;
	if (kind === 'judge') return judgeId === undefined ? [] : [mtBenchJudge(judgeId)];
	// Programs are not run anywhere, so nothing here can tell whether one is right.
	if (kind === 'program') return [];
	if (look.first?.metadata.instruction_id_list !== undefined) return ifevalScorers;
	if (hasTools(look)) {
		const parts = ['call', 'tool', 'schema', 'arguments', 'steps'] as const;
		const result = look.rows.some(({ target }) => (target?.trim() ?? '') !== '') ? (['result'] as const) : [];
		return [...parts, ...result].map((part) => ({ kind: 'tool-calls', name: toolPartNames[part], part }));
	}
	if (look.facets.withChoices > 0) {
		return isLabels(look) ? [{ kind: 'exact', ignoreCase: true, ignorePunctuation: true }] : [{ kind: 'letter' }];
	}
	if (namesSources(look)) {
		return [
			{ kind: 'includes', name: 'answer', separator: '|', ignoreCase: true },
			{ kind: 'sources', name: 'recall' },
			{ kind: 'sources', name: 'nDCG', measure: 'ndcg' },
			{ kind: 'quotes', name: 'true quotes' },
		];
	}
	if (look.dataset.starterId === 'conversations') return [{ kind: 'includes', separator: '|', ignoreCase: true }];
	const targets = look.rows.map(({ target }) => target?.trim() ?? '').filter((target) => target !== '');
	if (targets.length === 0) return [];
	if (targets.every(isNumber)) return [{ kind: 'numeric' }];
	if (targets.every(isJsonObject)) {
		return [
			{ kind: 'json-fields', name: 'fields', ignoreCase: true },
			{ kind: 'json', name: 'valid JSON' },
		];
	}
	if (new Set(targets).size * samplesPerClass <= targets.length) {
		return [{ kind: 'exact', ignoreCase: true, ignorePunctuation: true }];
	}
	if (targets.every(({ length }) => length <= shortTarget)) return [{ kind: 'includes', ignoreCase: true }];
	return [{ kind: 'rouge-l' }];
}

/** GSM8K's two figures in lm-evaluation-harness: with `####` as in the examples, and the last number anywhere. */
function gsm8kScorers(look: DatasetLook): readonly ScorerInput[] {
	const flexible = { kind: 'numeric', find: 'gsm8k-flexible' } as const;
	// Without examples, no model writes ####.
	if (publishedExamples(look) === null) return [flexible];
	return [
		{ kind: 'numeric', name: 'strict match', find: 'gsm8k-strict' },
		{ ...flexible, name: 'flexible extract' },
	];
}

/** The four figures that IFEval reports. */
const ifevalScorers: readonly ScorerInput[] = (['strict', 'loose'] as const).flatMap((mode) =>
	(['prompt', 'instruction'] as const).map((level) => ({
		kind: 'ifeval' as const,
		name: `${level} ${mode}`,
		mode,
		level,
	})),
);

/** Technique for this dataset unless another is given: for a published set, the published one. */
export function defaultTechnique(look: DatasetLook): TechniqueInput {
	const form = taskOf(look)?.likelihood;
	const shown = publishedExamples(look);
	if (form != null) return { kind: 'choice-likelihood', form, ...shown };
	if (shown !== null) {
		return taskOf(look)?.scorer === 'exact'
			? { kind: 'chain-of-thought', instruction: '', extract: { kind: 'after', marker: 'the answer is' }, ...shown }
			: { kind: 'few-shot', ...shown };
	}
	if (hasTools(look)) return { kind: 'tools' };
	return look.facets.withChoices > 0 && !isLabels(look) ? { kind: 'choice-letter' } : { kind: 'zero-shot' };
}

/** What a judge of faithfulness is told, if it is shown what was looked up. */
export const faithfulnessRubric =
	'Every claim of the answer follows from the sources. An answer that says that the sources do not contain it is right if they do not. What is true but not in the sources fails.';

/** Whether the samples name the documents that answer them. */
function namesSources({ facets }: DatasetLook): boolean {
	return facets.variables.includes('sources');
}

/** Tokens of prompt and answer together for this dataset; null: as in chat. Its conversations are to outgrow them. */
export function defaultContextSize({ dataset }: DatasetLook): number | null {
	return dataset.starterId === 'conversations' ? 1_024 : null;
}

/** Contexts to compare on this dataset, without documents; undefined: nothing is added to prompts. */
export function defaultContexts({ dataset }: DatasetLook): ArmContext[] | undefined {
	if (dataset.starterId !== 'conversations') return undefined;
	return [
		{ overflow: 'drop' },
		{ overflow: 'summary' },
		{ overflow: 'retrieve' },
		{ overflow: 'drop', facts: 'found' },
	];
}

/** Maximum answer tokens for this dataset; null: the usual number. */
export function defaultAnswerTokens(look: DatasetLook): number | null {
	return taskOf(look)?.answerTokens ?? null;
}

/** The examples that its test set is published with, if a separate split holds them. */
function publishedExamples(look: DatasetLook) {
	const kept = keptApart(look);
	const shots = taskOf(look)?.shots ?? 0;
	if (shots === 0 || kept === undefined || kept.count < shots) return null;
	// With many subjects, the first examples would all be of one subject.
	if (look.facets.tags.length > 1) return null;
	const answer = exampleAnswer(look);
	return { shots, split: kept.split, ...(kept.split === 'examples' ? { pick: 'first' as const } : {}), answer };
}

/** Number of examples to show when a person asks for some. */
export function usualShots(look: DatasetLook | null): number {
	return (look === null ? undefined : taskOf(look)?.shots) ?? 3;
}

/** The answer of an example: the worked-out answer if the rows have one. */
export function exampleAnswer(look: DatasetLook | null): string {
	const worked = look !== null && taskOf(look)?.shots !== undefined && look.facets.variables.includes('answer');
	return worked ? '{{answer}}' : '{{target}}';
}

/** The split reserved for examples; undefined if the dataset has none. */
function keptApart({ facets: { splits } }: DatasetLook): Facets['splits'][number] | undefined {
	if (splits.length < 2) return undefined;
	return splits.find(({ split }) => split === 'examples') ?? splits.find(({ split }) => split === 'train');
}

/** The split that examples come from unless the user chooses another. */
export function exampleSplit(look: DatasetLook | null): string {
	return (look === null ? undefined : keptApart(look))?.split ?? look?.facets.splits[0]?.split ?? 'examples';
}

/** The same technique with examples, or without them if it has some; null if the dataset reserves none. */
export function withExamples(
	technique: TechniqueInput,
	look: DatasetLook,
	shots = usualShots(look),
): TechniqueInput | null {
	if (technique.kind === 'few-shot') return { kind: 'zero-shot' };
	if ('shots' in technique && (technique.shots ?? 0) > 0) return { ...technique, shots: 0 };
	const kept = keptApart(look);
	if (kept === undefined || kept.count < shots) return null;
	const { split } = kept;
	if (technique.kind === 'tools') return null;
	return technique.kind === 'zero-shot' ? { kind: 'few-shot', shots, split } : { ...technique, shots, split };
}

const builtIn = new Set(['input', 'target', 'choices', 'examples']);

/** Variables that the prompt's newest version needs and the dataset's samples lack. */
export function missingVariables({ latest }: Prompt, { facets }: DatasetLook): readonly string[] {
	return latest.variables.filter(
		(name) =>
			!facets.variables.includes(name) && (!builtIn.has(name) || (name === 'choices' && facets.withChoices === 0)),
	);
}

/** Whether a sample of the dataset has all variables that the prompt's newest version needs. */
export function fits(prompt: Prompt, look: DatasetLook): boolean {
	return missingVariables(prompt, look).length === 0;
}

/** Bundled prompts that suit bundled sets, by a word in the set's id. The plain question is their baseline. */
const suited: readonly (readonly [word: RegExp, promptStarterId: string])[] = [
	[/arith|math/, 'word-problem'],
	[/extract|json/, 'extract-json'],
	[/class|topic|label/, 'classify'],
	[/instruct|follow/, 'follow'],
	[/fact|short/, 'short-answer'],
];

/** Prompts to start with: for a bundled set, the plain question and a suited one; otherwise the one used last. */
export function defaultPrompts(prompts: readonly Prompt[], look: DatasetLook): readonly Prompt[] {
	const fitting = prompts.filter((prompt) => fits(prompt, look));
	const byStarter = (id: string | undefined): Prompt | undefined =>
		id === undefined ? undefined : fitting.find(({ starterId }) => starterId === id);
	const plain = byStarter('plain') ?? fitting.find(({ latest }) => latest.template.trim() === '{{input}}');
	const published = taskOf(look)
		?.prompts.map(byStarter)
		.find((prompt) => prompt !== undefined);
	if (published !== undefined) return [published];
	const { starterId } = look.dataset;
	if (starterId !== null) {
		const better = byStarter(suited.find(([word]) => word.test(starterId))?.[1]);
		return [plain, better].filter((prompt) => prompt !== undefined);
	}
	if (look.facets.withChoices > 0)
		return [byStarter('multiple-choice') ?? plain].filter((prompt) => prompt !== undefined);
	const own = fitting.filter((prompt) => prompt.starterId === null).toSorted((a, b) => b.updatedAt - a.updatedAt)[0];
	return [own ?? plain ?? fitting[0]].filter((prompt) => prompt !== undefined);
}

/** The prompt to use if there is none: just the question. */
export const plainPrompt = { name: phrase('Just the question'), template: '{{input}}' } as const;

function isNumber(text: string): boolean {
	return /^[-−+$€£]?\s*[\d,]*\.?\d+\s*%?$/.test(text);
}

function isJsonObject(text: string): boolean {
	if (!text.startsWith('{')) return false;
	try {
		return typeof JSON.parse(text) === 'object';
	} catch {
		// The list truncates long ones.
		return /^\{\s*"/.test(text) && text.length >= 400;
	}
}

/** What to know before running a published set: what can't be measured here, or what the set lacks. null: nothing. */
export function taskNote(look: DatasetLook): string | null {
	const [task] = look.facets.tasks;
	const bare = publishedExamples(look) === null && look.facets.tags.length <= 1;
	if (task === 'humaneval') {
		return phrase(
			'Assay runs no program that a model writes, so whether one passes its tests (pass@k) can’t be scored here. A judge or a function of your own can mark the text; to run the tests, export the run and run them in a sandbox.',
		);
	}
	if (task === 'gsm8k' && bare) {
		return phrase(
			'Published figures show 5 worked-out examples: import its train.jsonl into the same dataset, or add the technique “Examples” and set some samples apart.',
		);
	}
	if (task === 'bbh' && bare) {
		return phrase(
			'Published figures show 3 worked-out examples: choose the file of the same name from cot-prompts together with the questions when you import them.',
		);
	}
	if (task === 'mmlu' && bare) {
		return phrase(
			'Published figures show the 5 samples of dev as examples: import the subject’s dev file into the same dataset.',
		);
	}
	if (task === 'truthfulqa') {
		return phrase(
			'The right choice is the best answer, the wrong ones are those of the file. Published figures (mc1) take choices from another file, so compare these only with each other.',
		);
	}
	if (task === 'mt_bench') {
		return phrase(
			'Only the first of two turns is asked, and graded from 1 to 10: 48 % here is 4.8 there. Published figures are the mean of both turns, graded by GPT-4, so compare these only with runs by the same judge.',
		);
	}
	return null;
}
