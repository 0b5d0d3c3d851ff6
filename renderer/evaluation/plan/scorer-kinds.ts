import type { ScorerKind } from '../../../electron/contract/evaluation/scorer.ts';
import { t } from '../../messages/t.ts';

/** Each scorer's name and hint, in display order. */
export const scorerKinds: Record<ScorerKind, { readonly words: string; readonly hint: string }> = {
	exact: { words: t('Exact'), hint: t('the answer is the target') },
	includes: { words: t('Includes'), hint: t('the target is somewhere in the output') },
	numeric: { words: t('Number'), hint: t('the number in the answer is the target, within a tolerance') },
	letter: { words: t('Letter'), hint: t('the letter, or the likeliest choice, is the target') },
	choice: { words: t('Likeliest choice'), hint: t('the likeliest choice is the target') },
	json: { words: t('Valid JSON'), hint: t('valid JSON that follows the schema, if any') },
	'json-fields': { words: t('JSON fields'), hint: t('share of the target’s fields that match') },
	regex: { words: t('Pattern'), hint: t('a regular expression matches') },
	levenshtein: { words: t('Edit distance'), hint: t('share of characters equal to the target (Levenshtein)') },
	'rouge-l': { words: t('ROUGE-L'), hint: t('words in common with the target, in order') },
	ifeval: { words: t('Instructions'), hint: t('instructions checked by program (IFEval)') },
	'tool-calls': { words: t('Tool calls'), hint: t('the right tools with the right arguments, by the rules of BFCL') },
	sources: { words: t('Sources found'), hint: t('whether the passages in the prompt are the expected ones') },
	quotes: { words: t('True quotes'), hint: t('share of quotes found in the passages') },
	judge: { words: t('Judge'), hint: t('a model on this computer scores by your rubric') },
	javascript: { words: t('Custom function'), hint: t('your JavaScript, sandboxed; higher is better') },
};
