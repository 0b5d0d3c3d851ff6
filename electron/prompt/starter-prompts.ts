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
	starter('plain', 'The question alone', 'Nothing around it: what the model does of its own accord.', '{{input}}'),
	starter(
		'question-answer',
		'Question and answer',
		'The plain form that base models go on from, and that published benchmarks use.',
		'Question: {{input}}\nAnswer:',
	),
	starter(
		'question-choices',
		'Question with choices',
		'Shows the choices with letters in the plain form of benchmarks, as CommonsenseQA is asked.',
		'Question: {{input}}\n{{choices}}\nAnswer:',
	),
	starter('q-a', 'Q and A', 'The short form that TruthfulQA and BIG-Bench Hard use.', 'Q: {{input}}\nA:'),
	starter(
		'worked-out',
		'Worked out like the examples',
		'As BIG-Bench Hard is asked with examples that reason; needs a column "description" that says what the task is.',
		"Q: {{input}}\nA: Let's think step by step.",
		{ system: '{{description}}' },
	),
	starter('short-answer', 'Short answer', 'For questions with a name, a date or a number as the answer.', '{{input}}', {
		system: 'Answer with as few words as possible: only the answer, no sentence, no explanation.',
	}),
	starter(
		'word-problem',
		'Word problem',
		'Arithmetic in words, with the result where a scorer finds it.',
		'{{input}}\n\nWork it out step by step. Write the result alone on the last line, as "Answer: " and the number.',
	),
	starter(
		'multiple-choice',
		'Multiple choice',
		'Shows the choices with letters; goes with the letter techniques.',
		'{{input}}\n{{choices}}\nAnswer:',
	),
	starter(
		'benchmark-letters',
		'Multiple choice of one subject',
		'As MMLU is usually asked; needs a column "subject".',
		'{{input}}\n{{choices}}\nAnswer:',
		{ system: 'The following are multiple choice questions (with answers) about {{subject}}.' },
	),
	starter(
		'classify',
		'Classify',
		'One label for a text; the labels are the choices of the sample.',
		'Text:\n"""\n{{input}}\n"""\n\nWhich of these labels fits the text best?\n{{choices}}',
		{ system: 'You sort texts. Reply with one of the labels, exactly as it is written, and nothing else.' },
	),
	starter('extract-json', 'Extract to JSON', 'Facts of a text as one JSON object.', '{{input}}', {
		system:
			'You read a text and write down the facts asked for as one JSON object. Use only what the text says; write null for what it does not say. Reply with the JSON object alone.',
	}),
	starter(
		'from-passage',
		'Answer from a passage',
		'Needs a column "context". Says so when the passage does not hold the answer.',
		'Passage:\n"""\n{{context}}\n"""\n\nQuestion: {{input}}',
		{ system: 'Answer from the passage alone. If it does not hold the answer, reply "not in the passage".' },
	),
	starter(
		'summarise',
		'Summarise',
		'Three sentences at most.',
		'Summarise the text below in at most three sentences. Keep names, numbers and dates exactly as they are.\n\n{{input}}',
	),
	starter(
		'rewrite',
		'Rewrite clearly',
		'The same content in plain words.',
		'Rewrite this text so that it is clear and short. Change nothing of what it says.\n\n{{input}}',
	),
	starter('follow', 'Follow to the letter', 'For instructions that a program can check.', '{{input}}', {
		system: 'Follow every instruction exactly, including those about length, form and words to use or to avoid.',
	}),
	starter(
		'examples-first',
		'Learn from examples',
		'Puts few-shot examples in one text with the question; use it with the few-shot technique.',
		'Here is how it is done:\n\n{{examples}}\n\nNow do the same.\n\nInput: {{input}}\nOutput:',
		{ example: 'Input: {{input}}\nOutput: {{target}}' },
	),
];
