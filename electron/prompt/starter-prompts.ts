import { phrase } from '../../models/contract/message-syntax.ts';
import type { PromptContent } from '../contract/prompt/schema.ts';

export interface StarterPrompt extends PromptContent {
	/** Never changes: identifies the prompt in the data folder. */
	readonly starterId: string;
	readonly name: string;
	readonly description: string;
}

function starter(
	starterId: string,
	name: string,
	description: string,
	template: string,
	more: { readonly system?: string; readonly example?: string } = {},
): StarterPrompt {
	return { starterId, name, description, template, system: more.system ?? '', example: more.example ?? '' };
}

/** Written for Assay. */
export const starterPrompts: readonly StarterPrompt[] = [
	starter('plain', phrase('The question alone'), phrase('Only the question, with no instructions.'), '{{input}}'),
	starter(
		'question-answer',
		phrase('Question and answer'),
		phrase('The plain form that base models continue and published benchmarks use.'),
		'Question: {{input}}\nAnswer:',
	),
	starter(
		'question-choices',
		phrase('Question with choices'),
		phrase('Lettered choices in the plain form of benchmarks, as in CommonsenseQA.'),
		'Question: {{input}}\n{{choices}}\nAnswer:',
	),
	starter(
		'q-a',
		phrase('Q and A'),
		phrase('The short form that TruthfulQA and BIG-Bench Hard use.'),
		'Q: {{input}}\nA:',
	),
	starter(
		'worked-out',
		phrase('Worked out like the examples'),
		phrase('As in BIG-Bench Hard, with examples that reason. Needs a column “description” that states the task.'),
		"Q: {{input}}\nA: Let's think step by step.",
		{ system: '{{description}}' },
	),
	starter(
		'short-answer',
		phrase('Short answer'),
		phrase('For questions whose answer is a name, a date or a number.'),
		'{{input}}',
		{
			system: 'Answer with as few words as possible: only the answer, no sentence, no explanation.',
		},
	),
	starter(
		'word-problem',
		phrase('Word problem'),
		phrase('Arithmetic in words, with the result on a line that a scorer finds.'),
		'{{input}}\n\nWork it out step by step. Write the result alone on the last line, as "Answer: " and the number.',
	),
	starter(
		'multiple-choice',
		phrase('Multiple choice'),
		phrase('Lettered choices, for the letter techniques.'),
		'{{input}}\n{{choices}}\nAnswer:',
	),
	starter(
		'benchmark-letters',
		phrase('Multiple choice of one subject'),
		phrase('The usual form of MMLU. Needs a column “subject”.'),
		'{{input}}\n{{choices}}\nAnswer:',
		{ system: 'The following are multiple choice questions (with answers) about {{subject}}.' },
	),
	starter(
		'classify',
		phrase('Classify'),
		phrase('One label for a text. The labels are the choices of the sample.'),
		'Text:\n"""\n{{input}}\n"""\n\nWhich of these labels fits the text best?\n{{choices}}',
		{ system: 'You sort texts. Reply with one of the labels, exactly as it is written, and nothing else.' },
	),
	starter('extract-json', phrase('Extract to JSON'), phrase('Facts from a text as one JSON object.'), '{{input}}', {
		system:
			'You read a text and write down the facts asked for as one JSON object. Use only what the text says; write null for what it does not say. Reply with the JSON object alone.',
	}),
	starter(
		'from-passage',
		phrase('Answer from a passage'),
		phrase('Answers only from the passage, or says that the answer is not there. Needs a column “context”.'),
		'Passage:\n"""\n{{context}}\n"""\n\nQuestion: {{input}}',
		{ system: 'Answer from the passage alone. If it does not hold the answer, reply "not in the passage".' },
	),
	starter(
		'summarise',
		phrase('Summarise'),
		phrase('Three sentences at most.'),
		'Summarise the text below in at most three sentences. Keep names, numbers and dates exactly as they are.\n\n{{input}}',
	),
	starter(
		'rewrite',
		phrase('Rewrite clearly'),
		phrase('The same content in plain words.'),
		'Rewrite this text so that it is clear and short. Change nothing of what it says.\n\n{{input}}',
	),
	starter('follow', phrase('Follow to the letter'), phrase('For instructions that a program can check.'), '{{input}}', {
		system: 'Follow every instruction exactly, including those about length, form and words to use or to avoid.',
	}),
	starter(
		'examples-first',
		phrase('Learn from examples'),
		phrase('Few-shot examples and the question in one text. For the few-shot technique.'),
		'Here is how it is done:\n\n{{examples}}\n\nNow do the same.\n\nInput: {{input}}\nOutput:',
		{ example: 'Input: {{input}}\nOutput: {{target}}' },
	),
];
