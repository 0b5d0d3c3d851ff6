import { isDeepStrictEqual } from 'node:util';
import { Failure, type FailureFacts, failureFacts } from '../../models/contract/failure.ts';
import { list, said, spoken } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import { type RunConfig, runMetrics } from '../contract/evaluation/run-config.ts';
import type { Warning } from '../contract/evaluation/schema.ts';
import type { Scorer } from '../contract/evaluation/scorer.ts';
import { handScorer, scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { PromptVersion } from '../contract/prompt/schema.ts';
import { createBuilder } from '../prompt/build-request.ts';
import { askedNames, variableNamesIn } from '../prompt/compile-prompt.ts';
import { plainText } from '../prompt/same-question.ts';
import { techniqueLabel } from './arm-labels.ts';
import type { PlannedArm } from './plan-arms.ts';
import type { ScoringWorker } from './scorers/scoring-worker-client.ts';
import { toolsOf } from './tools/call-results.ts';

/** Throws Failure `arm-twice` if two combinations are the same and would only be measured twice. */
export function checkArms({ promptVersionIds, techniques, parameters, contexts = [], ...config }: RunConfig): void {
	const models = config.modelFileIds.map((id, index) => [id, config.modelAdapters?.[index] ?? []]);
	const repeated = <Value>(values: readonly Value[]): Value | undefined =>
		values.find((value, index) => values.slice(0, index).some((earlier) => isDeepStrictEqual(earlier, value)));
	const technique = repeated(techniques);
	const twice =
		technique !== undefined
			? said`The technique “${techniqueLabel(technique)}” is listed twice.`
			: repeated(promptVersionIds) !== undefined
				? said`A version of a prompt is listed twice.`
				: repeated(models) !== undefined
					? said`A model is listed twice.`
					: repeated(parameters) !== undefined
						? said`A setting of the answers is listed twice.`
						: repeated(contexts) !== undefined
							? said`A context is listed twice.`
							: null;
	if (twice === null) return;
	throw new Failure({
		code: 'arm-twice',
		message: twice,
		next: [said`Remove one of the two`, said`To ask each sample several times, set “Answers per sample”`],
	});
}

/** Checks the names under which scores are stored. Throws Failure `scorer-name-taken`, `metric-unknown`. */
export function checkScorers({ scorers, criteria }: Pick<RunConfig, 'scorers' | 'criteria'>): void {
	const names = scorers.map(scorerName);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) {
		throw new Failure({
			code: 'scorer-name-taken',
			message: said`Two scorers are named “${twice}”.`,
			next: [said`Give one of them another name`],
		});
	}
	if (names.includes(handScorer)) {
		throw new Failure({
			code: 'scorer-name-taken',
			message: said`No scorer can be called “${handScorer}”: that is the name of scores by hand.`,
			next: [said`Give the scorer another name`],
		});
	}
	const known: readonly string[] = [...names, ...runMetrics];
	const odd = criteria.find(({ metric }) => !known.includes(metric));
	if (odd !== undefined) {
		throw new Failure({
			code: 'metric-unknown',
			message: said`A criterion uses “${odd.metric}”, but no scorer of this run gives it.`,
			next: [said`Choose one of ${list(known, 'comma')}`],
		});
	}
}

/** Rejects with Failure `pattern-invalid` if a rule can't find an answer in any output. */
export async function checkExtraction(
	{ techniques }: Pick<RunConfig, 'techniques'>,
	scoring: ScoringWorker,
): Promise<void> {
	for (const technique of techniques) await scoring.read(technique, ['']);
}

export type Problem = Warning;

/** Names the scorers that can't score a technique's output. */
export function scorerProblems({ techniques, scorers }: Pick<RunConfig, 'techniques' | 'scorers'>): readonly Problem[] {
	const problems = techniques.flatMap((technique) => scorers.flatMap((scorer) => problemOf(scorer, technique) ?? []));
	// Report a scorer only once if several techniques have the same problem.
	return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** Why a scorer can score no output of a technique; null: it can. */
export function problemOf(scorer: Scorer, technique: Technique): Problem | null {
	const name = `“${scorerName(scorer)}”`;
	if (scorer.kind === 'letter' && !technique.kind.startsWith('choice')) {
		const message = said`${name} scores which choice was taken; the technique must be “Letter choice” or “Likeliest choice”.`;
		return spoken({ code: 'scorer-needs-letters', message });
	}
	if (scorer.kind === 'tool-calls' && technique.kind !== 'tools') {
		const message = said`${name} scores tool calls; the technique must be “Tools”.`;
		return spoken({ code: 'scorer-needs-tools', message });
	}
	if (scorer.kind !== 'choice') return null;
	if (technique.kind !== 'choice-likelihood') {
		const message = said`${name} scores only the technique “Likeliest choice”. The scorer “Letter” also scores letters that a model writes.`;
		return spoken({ code: 'scorer-needs-likelihood', message });
	}
	if (technique.form === 'blank' && scorer.measure !== 'acc' && scorer.measure !== 'brier') {
		const message = said`${name} divides by the length of a choice; for sentences with a blank only “acc” and “brier” are defined.`;
		return spoken({ code: 'scorer-needs-choices', message });
	}
	if (scorer.measure === 'mutual-information' && !technique.unconditional) {
		const message = said`${name} needs the likelihood of each choice without the question. Tick “Also score each choice without the question”.`;
		return spoken({ code: 'scorer-needs-unconditional', message });
	}
	return null;
}

/**
 * Throws the failure that all of these samples share in some arm, because then the run could only fail. Otherwise
 * returns the failures of single samples. A handful of samples is enough to show a broken prompt.
 */
export function tryPrompts(arms: readonly PlannedArm[], samples: readonly Sample[]): ReadonlyMap<string, FailureFacts> {
	const single = new Map<string, FailureFacts>();
	for (const { prompt, stored, examples } of arms) {
		const build = createBuilder({ version: prompt, technique: stored.technique, examples });
		const failures = samples.flatMap((sample) => {
			try {
				build(sample);
				if (stored.technique.kind === 'tools') toolsOf(sample, stored.technique);
				return [];
			} catch (error) {
				const facts = failureFacts(error);
				if (facts.code === 'internal') throw error;
				return [facts];
			}
		});
		const [first] = failures;
		if (first !== undefined && failures.length === samples.length) throw new Failure(first);
		for (const failure of failures) single.set(failure.code, failure);
	}
	return single;
}

/** Warns that scorers of retrieved documents have nothing to score in a run without retrieval. */
export function warnOfNothingLookedUp({
	scorers,
	contexts = [],
}: Pick<RunConfig, 'scorers' | 'contexts'>): readonly Warning[] {
	if (contexts.some(({ documents }) => documents !== undefined)) return [];
	return scorers
		.filter(({ kind }) => kind === 'sources' || kind === 'quotes')
		.map((scorer) => {
			const message = said`“${scorerName(scorer)}” can score nothing: no context of this run looks anything up in documents.`;
			return spoken({ code: 'scorer-needs-documents', message });
		});
}

type NamedPrompt = { readonly name: string; readonly version: PromptVersion };

/** If a variable holds the target in this share of samples, it is no accident. */
const mostly = 0.9;

/**
 * Warns of variables that show the model the expected answer: in nearly all of these samples they equal or contain the
 * target, as GSM8K's `{{answer}}` does. So does a passage to find the answer in; the user has to tell them apart.
 */
export function warnOfShownTargets(prompts: readonly NamedPrompt[], samples: readonly Sample[]): readonly Warning[] {
	const asked = samples.filter(({ target }) => target !== null && target.trim() !== '');
	const warnings: Warning[] = [];
	for (const { name, version } of prompts) {
		for (const variable of askedNames(version)) {
			const holding = asked.filter((sample) => holds(sample.variables[variable], sample.target ?? ''));
			if (asked.length === 0 || holding.length < mostly * asked.length) continue;
			warnings.push(
				spoken({
					code: 'answer-shown',
					message:
						holding.length === 1
							? said`The prompt shows the answer: {{${variable}}} in “${name}” holds the target in the sample that was checked. That is right only if the model should find the answer in a text.`
							: said`The prompt shows the answer: {{${variable}}} in “${name}” holds the target in ${holding.length} of the ${asked.length} samples that were checked. That is right only if the model should find the answer in a text.`,
				}),
			);
		}
	}
	return warnings;
}

/** Compares whole words: "36" does not contain "3". */
function holds(value: string | undefined, target: string): boolean {
	if (value === undefined) return false;
	const wanted = ` ${words(target)} `;
	return wanted.trim() !== '' && ` ${words(value)} `.includes(wanted);
}

/** Marks around words do not belong to them: "#### 18" and "(18)" contain 18. */
function words(text: string): string {
	return plainText(text)
		.replaceAll(/(?<![\p{L}\p{N}])[^\p{L}\p{N}-]+|[^\p{L}\p{N}]+(?![\p{L}\p{N}])/gu, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
}

/** Warns of prompts that ask every sample the same. */
export function warnOfConstantPrompts(prompts: readonly NamedPrompt[]): readonly Warning[] {
	return prompts
		.filter(({ version }) => variableNamesIn({ ...version, example: '' }).every((name) => name === 'examples'))
		.map(({ name }) =>
			spoken({
				code: 'prompt-constant',
				message: said`“${name}” has no variable, so every sample gets the same prompt. Use {{input}} for the question.`,
			}),
		);
}

/** The most samples that are searched for what a scorer needs. */
const mostSearched = 1_000;

/**
 * Warns of scorers that find nothing to score by in the first samples. `read` gives that many: more are read only if the
 * trial has nothing, because all samples of a kind may stand together.
 */
export function warnOfNothingToScore(
	scorers: readonly Scorer[],
	trial: readonly Sample[],
	read: (count: number) => readonly Sample[],
): readonly Warning[] {
	const open = scorersWithNothing(scorers, trial);
	return open.length === 0 ? [] : scorersWithNothing(scorers, read(mostSearched));
}

function scorersWithNothing(scorers: readonly Scorer[], samples: readonly Sample[]): readonly Warning[] {
	const targets = samples.some(({ target }) => target !== null);
	const calls = samples.some(({ metadata }) => metadata.calls !== undefined || metadata.followUps !== undefined);
	const instructions = samples.some(({ metadata }) => Array.isArray(metadata.instruction_id_list));
	return scorers.flatMap((scorer): Warning[] => {
		const name = scorerName(scorer);
		if (scorer.kind === 'ifeval' && !instructions) {
			const message = said`“${name}” can score nothing: no sample checked has instructions (instruction_id_list and kwargs, as in the file of IFEval).`;
			return [spoken({ code: 'scorer-needs-instructions', message })];
		}
		if (scorer.kind === 'tool-calls' && scorer.part !== 'result' && !calls) {
			const message = said`“${name}” can score nothing: no sample checked says which calls are right (“calls” in its metadata).`;
			return [spoken({ code: 'scorer-needs-calls', message })];
		}
		const byTarget =
			'expected' in scorer
				? scorer.expected.includes('{{target}}')
				: (scorer.kind === 'judge' && scorer.scale === 'pair') ||
					(scorer.kind === 'tool-calls' && scorer.part === 'result');
		if (!byTarget || targets) return [];
		return [
			spoken({
				code: 'scorer-needs-targets',
				message: said`“${name}” can score nothing: no sample checked has a target.`,
			}),
		];
	});
}

/** The sign between alternatives in the sets that come with Assay and in most others. */
const usualSeparator = '|';

/**
 * Warns of scorers that compare with a target such as "A|B" as one text, because they have no separator. `read` gives more
 * samples than the trial.
 */
export function warnOfAlternatives(
	scorers: readonly Scorer[],
	trial: readonly Sample[],
	read: (count: number) => readonly Sample[],
): readonly Warning[] {
	const whole = scorers.filter(
		(scorer) =>
			(scorer.kind === 'exact' || scorer.kind === 'includes') &&
			scorer.separator === '' &&
			scorer.expected.includes('{{target}}'),
	);
	if (whole.length === 0) return [];
	const target = shortestWithAlternatives(trial) ?? shortestWithAlternatives(read(mostSearched));
	if (target === null) return [];
	return whole.map((scorer) => {
		const name = scorerName(scorer);
		const message = said`“${name}” takes the target “${target}” as one text, though it looks like alternatives. If each of them is right, set the scorer’s alternatives separator to “|” (separator: "|" in a config file).`;
		return spoken({ code: 'scorer-alternatives', message });
	});
}

/** Longer targets with the sign are tables or programs. */
const longestAlternatives = 80;

/** null: no target looks like alternatives. */
function shortestWithAlternatives(samples: readonly Sample[]): string | null {
	const found = samples.flatMap(({ target }) => {
		const text = target?.trim() ?? '';
		const parts = text.split(usualSeparator).map((part) => part.trim());
		// An empty part is the border of a table, or "||" of a program.
		const isSeveral = parts.length > 1 && parts.every((part) => part !== '') && !/[\n{}]/.test(text);
		return isSeveral && text.length <= longestAlternatives ? [text] : [];
	});
	return found.toSorted((a, b) => a.length - b.length)[0] ?? null;
}
