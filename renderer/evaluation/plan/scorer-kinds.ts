import type { ScorerKind } from '../../../electron/contract/evaluation/scorer.ts';

/** Each scorer's name and hint, in display order. */
export const scorerKinds: Record<ScorerKind, { readonly words: string; readonly hint: string }> = {
	exact: { words: 'Exact', hint: 'the answer is the target' },
	includes: { words: 'Includes', hint: 'the target is somewhere in the output' },
	numeric: { words: 'Number', hint: 'the number in the answer is the target, within a tolerance' },
	letter: { words: 'Letter', hint: 'the letter written, or the likeliest choice, is the right one' },
	choice: { words: 'Likeliest choice', hint: 'the likeliest choice is the right one' },
	json: { words: 'Valid JSON', hint: 'the output is JSON, and follows a schema if there is one' },
	'json-fields': { words: 'JSON fields', hint: 'share of the target’s fields that are right' },
	regex: { words: 'Pattern', hint: 'a regular expression matches' },
	levenshtein: { words: 'Similar letters', hint: 'edit distance to the target' },
	'rouge-l': { words: 'ROUGE-L', hint: 'words in common with the target, in order' },
	ifeval: { words: 'Instructions', hint: 'instructions that a program can check (IFEval)' },
	judge: { words: 'Judge', hint: 'a model on this computer marks by what you write' },
	javascript: { words: 'Own function', hint: 'JavaScript of your own, locked away from everything; more is better' },
};
