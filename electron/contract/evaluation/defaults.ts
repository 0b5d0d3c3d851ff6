import { knownTasks, type TaskId } from '../dataset/known-tasks.ts';
import type { Dataset, Facets, Sample, SampleRow } from '../dataset/schema.ts';
import type { Prompt } from '../prompt/schema.ts';
import type { ScorerInput } from './scorer.ts';
import type { TechniqueInput } from './technique.ts';

/** What is looked at of a dataset to fill in a form: how its first samples look. */
export interface DatasetLook {
	readonly dataset: Dataset;
	readonly facets: Facets;
	/** The first samples, cut. */
	readonly rows: readonly Pick<SampleRow, 'target'>[];
	/** The first one, whole; null where there is none. */
	readonly first: Sample | null;
}

/** Targets of this length and less may be answered word by word, characters. */
const shortTarget = 60;

/** As many samples for each different target make it a classification. */
const samplesPerClass = 3;

function taskOf({ facets }: DatasetLook): (typeof knownTasks)[TaskId] | undefined {
	const [task] = facets.tasks;
	return task !== undefined && task in knownTasks ? knownTasks[task as TaskId] : undefined;
}

/** Whether its choices are labels that all samples share, and the model is to write one. */
function isLabels({ dataset }: DatasetLook): boolean {
	return dataset.starterId !== null && /class|topic|label/.test(dataset.starterId);
}

/**
 * MT-Bench's grading of one answer, 1 to 10, in the words of its judge prompts single-v1 and single-math-v1 (lm-sys/FastChat,
 * Apache-2.0); the question, the answer and the reference are shown with every rubric.
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
 * How answers to this dataset are marked where nothing else is said. Empty: nothing in it says what is right. `judgeId`: the
 * model that would judge, for sets that are published with a judge.
 */
export function defaultScorers(look: DatasetLook, judgeId?: number): readonly ScorerInput[] {
	const task = taskOf(look);
	const [kind, measure] = task?.scorer.split(' ') ?? [];
	if (kind === 'choice') return [{ kind, measure: measure as 'acc' }];
	if (kind === 'numeric') return gsm8kScorers(look);
	if (kind === 'exact') return [{ kind, ignoreCase: true }];
	if (kind === 'ifeval') return ifevalScorers;
	if (kind === 'judge') return judgeId === undefined ? [] : [mtBenchJudge(judgeId)];
	// Programs are run nowhere, so nothing here says whether one is right.
	if (kind === 'program') return [];
	if (look.first?.metadata.instruction_id_list !== undefined) return ifevalScorers;
	if (look.facets.withChoices > 0) {
		return isLabels(look) ? [{ kind: 'exact', ignoreCase: true, ignorePunctuation: true }] : [{ kind: 'letter' }];
	}
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

/** As lm-evaluation-harness gives GSM8K: with `####` as the examples write it, and the last number wherever it stands. */
function gsm8kScorers(look: DatasetLook): readonly ScorerInput[] {
	const flexible = { kind: 'numeric', find: 'gsm8k-flexible' } as const;
	// Without examples no model writes ####.
	if (publishedExamples(look) === null) return [flexible];
	return [
		{ kind: 'numeric', name: 'strict match', find: 'gsm8k-strict' },
		{ ...flexible, name: 'flexible extract' },
	];
}

/** The four figures that IFEval is published with. */
const ifevalScorers: readonly ScorerInput[] = (['strict', 'loose'] as const).flatMap((mode) =>
	(['prompt', 'instruction'] as const).map((level) => ({
		kind: 'ifeval' as const,
		name: `${level} ${mode}`,
		mode,
		level,
	})),
);

/** How the question is put where nothing else is said: that of a published set as it is published. */
export function defaultTechnique(look: DatasetLook): TechniqueInput {
	const form = taskOf(look)?.likelihood;
	const shown = publishedExamples(look);
	if (form != null) return { kind: 'choice-likelihood', form, ...shown };
	if (shown !== null) {
		return taskOf(look)?.scorer === 'exact'
			? { kind: 'chain-of-thought', instruction: '', extract: { kind: 'after', marker: 'the answer is' }, ...shown }
			: { kind: 'few-shot', ...shown };
	}
	return look.facets.withChoices > 0 && !isLabels(look) ? { kind: 'choice-letter' } : { kind: 'zero-shot' };
}

/** Tokens that answers of this dataset may take; null: as many as usual. */
export function defaultAnswerTokens(look: DatasetLook): number | null {
	return taskOf(look)?.answerTokens ?? null;
}

/** The examples that its test set is published with, where a split of its own holds them. */
function publishedExamples(look: DatasetLook) {
	const kept = keptApart(look);
	const shots = taskOf(look)?.shots ?? 0;
	if (shots === 0 || kept === undefined || kept.count < shots) return null;
	// Of many subjects the first examples would all be of one.
	if (look.facets.tags.length > 1) return null;
	const answer = exampleAnswer(look);
	return { shots, split: kept.split, ...(kept.split === 'examples' ? { pick: 'first' as const } : {}), answer };
}

/** How many examples are shown where a person asks for some. */
export function usualShots(look: DatasetLook | null): number {
	return (look === null ? undefined : taskOf(look)?.shots) ?? 3;
}

/** What an example of this dataset answers: where its rows hold a worked-out answer, that one. */
export function exampleAnswer(look: DatasetLook | null): string {
	const worked = look !== null && taskOf(look)?.shots !== undefined && look.facets.variables.includes('answer');
	return worked ? '{{answer}}' : '{{target}}';
}

/** The split whose samples are there to be shown; undefined where the dataset keeps none apart. */
function keptApart({ facets: { splits } }: DatasetLook): Facets['splits'][number] | undefined {
	if (splits.length < 2) return undefined;
	return splits.find(({ split }) => split === 'examples') ?? splits.find(({ split }) => split === 'train');
}

/** Where examples come from unless a person says otherwise. */
export function exampleSplit(look: DatasetLook | null): string {
	return (look === null ? undefined : keptApart(look))?.split ?? look?.facets.splits[0]?.split ?? 'examples';
}

/** Its twin with examples, or, where it shows some, without; null where the dataset keeps none apart. */
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
	return technique.kind === 'zero-shot' ? { kind: 'few-shot', shots, split } : { ...technique, shots, split };
}

const builtIn = new Set(['input', 'target', 'choices', 'examples']);

/** What the prompt's newest version asks for and samples of the dataset don't have. */
export function missingVariables({ latest }: Prompt, { facets }: DatasetLook): readonly string[] {
	return latest.variables.filter(
		(name) =>
			!facets.variables.includes(name) && (!builtIn.has(name) || (name === 'choices' && facets.withChoices === 0)),
	);
}

/** Whether a sample of the dataset has all that the prompt's newest version asks for. */
export function fits(prompt: Prompt, look: DatasetLook): boolean {
	return missingVariables(prompt, look).length === 0;
}

/** Prompts that come with Assay and suit its sets, by a word of the set's id. The plain question is what they are held against. */
const suited: readonly (readonly [word: RegExp, promptStarterId: string])[] = [
	[/arith|math/, 'word-problem'],
	[/extract|json/, 'extract-json'],
	[/class|topic|label/, 'classify'],
	[/instruct|follow/, 'follow'],
	[/fact|short/, 'short-answer'],
];

/** Prompts to begin with: for a set that comes with Assay the plain question and one that suits it, else the one used last. */
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

/** What a prompt says where there is none: just the question. */
export const plainPrompt = { name: 'Just the question', template: '{{input}}' } as const;

function isNumber(text: string): boolean {
	return /^[-−+$€£]?\s*[\d,]*\.?\d+\s*%?$/.test(text);
}

function isJsonObject(text: string): boolean {
	if (!text.startsWith('{')) return false;
	try {
		return typeof JSON.parse(text) === 'object';
	} catch {
		// A long one is cut in the list.
		return /^\{\s*"/.test(text) && text.length >= 400;
	}
}

/** What should be known before a published set is run: what can't be measured of it here, or what it lacks. null: nothing. */
export function taskNote(look: DatasetLook): string | null {
	const [task] = look.facets.tasks;
	const bare = publishedExamples(look) === null && look.facets.tags.length <= 1;
	if (task === 'humaneval') {
		return 'Assay runs no program that a model writes, so whether one passes its tests (pass@k) can’t be scored here. A judge or a function of your own can mark the text; to run the tests, export the run and run them in a sandbox.';
	}
	if (task === 'gsm8k' && bare) {
		return 'Published figures show 5 worked-out examples: import its train.jsonl into the same dataset, or add the technique “Examples” and set some samples apart.';
	}
	if (task === 'bbh' && bare) {
		return 'Published figures show 3 worked-out examples: choose the file of the same name from cot-prompts together with the questions when you import them.';
	}
	if (task === 'mmlu' && bare) {
		return 'Published figures show the 5 samples of dev as examples: import the subject’s dev file into the same dataset.';
	}
	if (task === 'truthfulqa') {
		return 'The right choice is the best answer, the wrong ones are those of the file. Published figures (mc1) take choices from another file, so hold these only against each other.';
	}
	if (task === 'mt_bench') {
		return 'The first of both turns is asked, and graded from 1 to 10: 48 % here is 4.8 there. Published figures are the mean of both turns by GPT-4, so hold these only against runs with the same judge.';
	}
	return null;
}
