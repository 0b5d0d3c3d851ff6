import { z } from 'zod';

export const taskIdSchema = z.enum([
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
]);

export type TaskId = z.infer<typeof taskIdSchema>;

/** How a published test set is asked and scored, so that numbers mean what its readers think. */
export interface KnownTask {
	readonly name: string;
	/** Template of a prompt in the form of lm-evaluation-harness; '': none is usual. */
	readonly template: string;
	/** `form` of the technique `choice-likelihood`; null: an answer is written. */
	readonly likelihood: 'text' | 'letters' | 'blank' | null;
	/** Kind of scorer, and its measure or place of the number. */
	readonly scorer: string;
	/** What a guess scores on average, 0 to 1; null: nothing. */
	readonly chance: number | null;
}

/** By `metadata.task` of a sample. Forms: EVALS.md 3.6 to 3.10. */
export const knownTasks: Readonly<Record<TaskId, KnownTask>> = {
	mmlu: {
		name: 'MMLU',
		template:
			'The following are multiple choice questions (with answers) about {{subject}}.\n\n{{input}}\n{{choices}}\nAnswer:',
		likelihood: 'letters',
		scorer: 'choice acc',
		chance: 0.25,
	},
	gsm8k: {
		name: 'GSM8K',
		template: 'Question: {{input}}\nAnswer:',
		likelihood: null,
		scorer: 'numeric gsm8k',
		chance: null,
	},
	arc_easy: {
		name: 'ARC easy',
		template: 'Question: {{input}}\nAnswer:',
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	arc_challenge: {
		name: 'ARC challenge',
		template: 'Question: {{input}}\nAnswer:',
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	arc: {
		name: 'ARC',
		template: 'Question: {{input}}\nAnswer:',
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	hellaswag: {
		name: 'HellaSwag',
		template: '{{input}}',
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.25,
	},
	piqa: {
		name: 'PIQA',
		template: 'Question: {{input}}\nAnswer:',
		likelihood: 'text',
		scorer: 'choice acc-norm',
		chance: 0.5,
	},
	winogrande: {
		name: 'WinoGrande',
		template: '{{input}}',
		likelihood: 'blank',
		scorer: 'choice acc',
		chance: 0.5,
	},
	commonsense_qa: {
		name: 'CommonsenseQA',
		template: 'Question: {{input}}\n{{choices}}\nAnswer:',
		likelihood: 'letters',
		scorer: 'choice acc',
		chance: 0.2,
	},
	bbh: {
		name: 'BIG-Bench Hard',
		template: 'Q: {{input}}\nA:',
		likelihood: null,
		scorer: 'exact',
		chance: null,
	},
	ifeval: {
		name: 'IFEval',
		template: '{{input}}',
		likelihood: null,
		scorer: 'ifeval strict prompt',
		chance: null,
	},
	truthfulqa: {
		name: 'TruthfulQA',
		template: 'Q: {{input}}\nA:',
		likelihood: 'text',
		scorer: 'choice acc',
		chance: null,
	},
	humaneval: {
		name: 'HumanEval',
		template: '{{input}}',
		likelihood: null,
		scorer: '',
		chance: null,
	},
	mt_bench: {
		name: 'MT-Bench',
		template: '{{input}}',
		likelihood: null,
		scorer: 'judge',
		chance: null,
	},
};
