import type { Dataset } from '../dataset/dataset.ts';
import type { Facets, Sample, SampleRow } from '../dataset/sample.ts';
import { knownTasks, type TaskId } from '../dataset/task.ts';
import type { ScorerInput } from '../evaluation/scorer.ts';
import type { TechniqueInput } from '../evaluation/technique.ts';
import type { Prompt } from './prompt.ts';

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

/** How answers to this dataset are marked where nothing else is said. Empty: nothing in it says what is right. */
export function defaultScorers(look: DatasetLook): readonly ScorerInput[] {
	const task = taskOf(look);
	const [kind, first, second] = task?.scorer.split(' ') ?? [];
	if (kind === 'choice') return [{ kind, measure: first as 'acc' }];
	if (kind === 'numeric') return [{ kind, find: first === 'gsm8k' ? 'gsm8k-flexible' : 'last' }];
	if (kind === 'exact') return [{ kind, ignoreCase: true }];
	if (kind === 'ifeval') return [{ kind, mode: first as 'strict', level: second as 'prompt' }];
	if (look.first?.metadata.instruction_id_list !== undefined) return [{ kind: 'ifeval' }];
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

/** How the question is put where nothing else is said. */
export function defaultTechnique(look: DatasetLook): TechniqueInput {
	const form = taskOf(look)?.likelihood;
	if (form != null) return { kind: 'choice-likelihood', form };
	return look.facets.withChoices > 0 && !isLabels(look) ? { kind: 'choice-letter' } : { kind: 'zero-shot' };
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

/** Its twin with examples, to compare with; null where the dataset keeps none apart. */
export function withExamples(technique: TechniqueInput, look: DatasetLook, shots = 3): TechniqueInput | null {
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
