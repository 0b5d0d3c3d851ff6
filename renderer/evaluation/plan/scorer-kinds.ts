import type { ScorerKind } from '../../../electron/contract/evaluation/scorer.ts';

/** Each scorer's name and hint, in display order. */
export const scorerKinds: Record<ScorerKind, { readonly words: string; readonly hint: string }> = {
	exact: { words: 'Exact', hint: 'the answer is the target' },
	includes: { words: 'Includes', hint: 'the target is somewhere in the output' },
	numeric: { words: 'Number', hint: 'the number in the answer is the target, within a tolerance' },
	letter: { words: 'Letter', hint: 'whether the letter, or the likeliest choice, is the target' },
	choice: { words: 'Likeliest choice', hint: 'whether the likeliest choice is the target' },
	json: { words: 'Valid JSON', hint: 'valid JSON that follows the schema, if any' },
	'json-fields': { words: 'JSON fields', hint: 'share of the target’s fields that match' },
	regex: { words: 'Pattern', hint: 'a regular expression matches' },
	levenshtein: { words: 'Edit distance', hint: 'share of characters equal to the target (Levenshtein)' },
	'rouge-l': { words: 'ROUGE-L', hint: 'words in common with the target, in order' },
	ifeval: { words: 'Instructions', hint: 'instructions checked by program (IFEval)' },
	judge: { words: 'Judge', hint: 'a model on this computer marks by what you write' },
	javascript: { words: 'Custom function', hint: 'your JavaScript, sandboxed; higher is better' },
};
