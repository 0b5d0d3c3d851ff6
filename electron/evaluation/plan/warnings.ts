import type { Sample } from '../../contract/dataset/sample.ts';
import type { Warning } from '../../contract/evaluation/estimate.ts';
import type { Scorer } from '../../contract/evaluation/scorer.ts';
import { scorerName } from '../../contract/evaluation/scorer-name.ts';
import type { PromptVersion } from '../../contract/prompt/prompt.ts';
import { askedNames, variableNamesIn } from '../../prompt/build/compile.ts';
import { plainText } from '../../prompt/build/same-question.ts';

type NamedPrompt = { readonly name: string; readonly version: PromptVersion };

/** Of so many samples a variable holds the target where that is no accident. */
const mostly = 0.9;

/**
 * Which variables show the model the expected answer: in nearly all of these samples they are the target or hold it, as
 * GSM8K's `{{answer}}` does. A passage to find the answer in does so as well, and that is for a person to tell.
 */
export function warnOfShownTargets(prompts: readonly NamedPrompt[], samples: readonly Sample[]): readonly Warning[] {
	const asked = samples.filter(({ target }) => target !== null && target.trim() !== '');
	const warnings: Warning[] = [];
	for (const { name, version } of prompts) {
		for (const variable of askedNames(version)) {
			const holding = asked.filter((sample) => holds(sample.variables[variable], sample.target ?? ''));
			if (asked.length === 0 || holding.length < mostly * asked.length) continue;
			const many =
				holding.length === 1 ? 'the sample that was' : `${holding.length} of the ${asked.length} samples that were`;
			warnings.push({
				code: 'answer-shown',
				message: `The prompt shows the answer: {{${variable}}} in “${name}” holds the target in ${many} looked at. That is right only for a text in which the answer is to be found.`,
			});
		}
	}
	return warnings;
}

/** As words of their own: "3" is not in "36". */
function holds(value: string | undefined, target: string): boolean {
	if (value === undefined) return false;
	const wanted = ` ${words(target)} `;
	return wanted.trim() !== '' && ` ${words(value)} `.includes(wanted);
}

/** Signs between words are no part of them: "#### 18" and "(18)" hold 18. */
function words(text: string): string {
	return plainText(text)
		.replaceAll(/(?<![\p{L}\p{N}])[^\p{L}\p{N}-]+|[^\p{L}\p{N}]+(?![\p{L}\p{N}])/gu, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
}

/** Prompts that ask every sample the same. */
export function warnOfConstantPrompts(prompts: readonly NamedPrompt[]): readonly Warning[] {
	return prompts
		.filter(({ version }) => variableNamesIn({ ...version, example: '' }).every((name) => name === 'examples'))
		.map(({ name }) => ({
			code: 'prompt-constant',
			message: `“${name}” uses no variable, so every sample is asked the same: {{input}} stands for the question.`,
		}));
}

/** Scorers that find nothing to mark by in any of these samples. */
export function warnOfNothingToScore(scorers: readonly Scorer[], samples: readonly Sample[]): readonly Warning[] {
	const targets = samples.some(({ target }) => target !== null);
	const instructions = samples.some(({ metadata }) => Array.isArray(metadata.instruction_id_list));
	return scorers.flatMap((scorer) => {
		const name = scorerName(scorer);
		if (scorer.kind === 'ifeval' && !instructions) {
			const message = `“${name}” can mark nothing: no sample looked at has instructions (instruction_id_list and kwargs, as IFEval's file).`;
			return [{ code: 'scorer-needs-instructions', message }];
		}
		const byTarget =
			'expected' in scorer
				? scorer.expected.includes('{{target}}')
				: scorer.kind === 'judge' && scorer.scale === 'pair';
		if (!byTarget || targets) return [];
		return [{ code: 'scorer-needs-targets', message: `“${name}” can mark nothing: no sample looked at has a target.` }];
	});
}
