/** Published test sets that Assay recognises, by their name in `metadata.task`. */
export const taskIds = [
	'mmlu',
	'gsm8k',
	'arc_easy',
	'arc_challenge',
	'arc',
	'hellaswag',
	'piqa',
	'winogrande',
	'commonsense_qa',
	'bbh',
	'ifeval',
	'truthfulqa',
	'humaneval',
	'mt_bench',
	'bfcl',
] as const;

export type TaskId = (typeof taskIds)[number];

/** How a published test set is prompted and scored so that its numbers are comparable with published ones. */
export interface KnownTask {
	readonly name: string;
	/**
	 * Starter prompts in the form of lm-evaluation-harness, the most likely first; the first whose variables all exist
	 * is used.
	 */
	readonly prompts: readonly string[];
	/** `form` of the technique `choice-likelihood`; null: the model writes an answer. */
	readonly likelihood: 'text' | 'letters' | 'blank' | null;
	/** Kind of scorer and its measure; 'program': Assay cannot score it. */
	readonly scorer: string;
	/** Few-shot examples in its published form; none if omitted. */
	readonly shots?: number;
	/** Token limit for an answer; the default if omitted. */
	readonly answerTokens?: number;
	/** Expected score of guessing, 0 to 1; null if guessing scores nothing. */
	readonly chance: number | null;
}

/** Test sets by a sample's `metadata.task`. Sources: docs/formulas.md#published-test-sets. */
export const knownTasks: Readonly<Record<TaskId, KnownTask>> = {
	mmlu: {
		name: 'MMLU',
		prompts: ['benchmark-letters', 'multiple-choice'],
		likelihood: 'letters',
		scorer: 'choice acc',
		shots: 5,
		chance: 0.25,
	},
	gsm8k: {
		name: 'GSM8K',
		prompts: ['question-answer'],
		likelihood: null,
		scorer: 'numeric',
		shots: 5,
		chance: null,
	},
	arc_easy: {
		name: 'ARC easy',
		prompts: ['question-answer'],
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	arc_challenge: {
		name: 'ARC challenge',
		prompts: ['question-answer'],
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	arc: {
		name: 'ARC',
		prompts: ['question-answer'],
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	hellaswag: {
		name: 'HellaSwag',
		prompts: ['plain'],
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	piqa: {
		name: 'PIQA',
		prompts: ['question-answer'],
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.5,
	},
	winogrande: {
		name: 'WinoGrande',
		prompts: ['plain'],
		likelihood: 'blank',
		scorer: 'choice acc',
		chance: 0.5,
	},
	commonsense_qa: {
		name: 'CommonsenseQA',
		prompts: ['question-choices'],
		likelihood: 'letters',
		scorer: 'choice acc',
		chance: 0.2,
	},
	bbh: {
		name: 'BIG-Bench Hard',
		prompts: ['worked-out', 'q-a'],
		likelihood: null,
		scorer: 'exact',
		shots: 3,
		chance: null,
	},
	ifeval: {
		name: 'IFEval',
		prompts: ['plain'],
		likelihood: null,
		scorer: 'ifeval',
		answerTokens: 1_280,
		chance: null,
	},
	truthfulqa: {
		name: 'TruthfulQA',
		prompts: ['q-a'],
		likelihood: 'text',
		scorer: 'choice acc',
		chance: null,
	},
	humaneval: {
		name: 'HumanEval',
		prompts: ['plain'],
		likelihood: null,
		scorer: 'program',
		answerTokens: 512,
		chance: null,
	},
	mt_bench: {
		name: 'MT-Bench',
		prompts: ['plain'],
		likelihood: null,
		scorer: 'judge',
		chance: null,
	},
	bfcl: {
		name: 'BFCL',
		prompts: ['plain'],
		likelihood: null,
		scorer: 'tool-calls',
		chance: null,
	},
};
