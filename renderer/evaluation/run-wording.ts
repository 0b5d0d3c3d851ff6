import { answerFormatName, techniqueFormat } from '../../electron/contract/answer-format-name.ts';
import type { Parameters } from '../../electron/contract/evaluation/run-config.ts';
import type { Arm, RunStatus, RunSummary } from '../../electron/contract/evaluation/schema.ts';
import type { Technique } from '../../electron/contract/evaluation/technique.ts';
import { lowerFirst } from '../../electron/contract/lower-case.ts';
import { runSamplerDefaults, samplingParameters, withRunDefaults } from '../../models/contract/sampling-parameters.ts';
import {
	countDaysBetween,
	formatCount,
	formatPercentage,
	formatShortTime,
	formatTimeLeft,
	phraseSeparator,
} from '../design/format.ts';
import { shortenModelName } from '../library/model-name.ts';
import { dateLocale, numberLocale, pageLocale } from '../messages/page-locale.ts';
import { t, translate } from '../messages/t.ts';

/** Removes the words that all names start with: "SmolLM2 135M", "SmolLM2 360M" → "135M", "360M". */
export function distinguishNames(names: readonly string[]): readonly string[] {
	const unique = [...new Set(names)];
	if (unique.length < 2) return unique;
	const words = unique.map((name) => name.split(' '));
	let shared = 0;
	while (words.every((one) => one.length > shared + 1 && one[shared] === words[0]?.[shared])) shared += 1;
	return words.map((one) => one.slice(shared).join(' '));
}

function listSome(words: readonly string[], most = 3): string {
	const unique = [...new Set(words)];
	return unique.length > most
		? t('{words} and {count} more', {
				words: unique.slice(0, most - 1).join(phraseSeparator('comma')),
				count: unique.length - most + 1,
			})
		: unique.join(phraseSeparator('comma'));
}

/** Returns whether the arms differ in this value. */
export function differ(arms: readonly Arm[], key: (arm: Arm) => unknown): boolean {
	return new Set(arms.map(key)).size > 1;
}

/**
 * Describes the prompt: its name, "v5" if only its versions are compared, or both if several versions of several
 * prompts are.
 */
export function describePrompt({ prompt }: Arm, arms: readonly Arm[]): string {
	if (!differ(arms, (arm) => arm.prompt.name)) {
		return differ(arms, (arm) => arm.prompt.number) ? `v${prompt.number}` : prompt.name;
	}
	const versions = arms.filter((arm) => arm.prompt.name === prompt.name);
	return differ(versions, (arm) => arm.prompt.number) ? `${prompt.name} v${prompt.number}` : prompt.name;
}

/**
 * Describes a run below its name in the list, and marks one that repeats another. A name that says what varies is not
 * repeated.
 */
export function describeRunInList({
	name,
	arms,
	repeatOf,
	dataset,
}: Pick<RunSummary, 'name' | 'arms' | 'repeatOf' | 'dataset'>): string {
	const named = name.endsWith(` on ${dataset.name}`);
	const words = named
		? t('{samples, plural, one {# sample} other {# samples}}', { samples: dataset.samples })
		: describeCompared(arms);
	return repeatOf === null ? words : t('Rerun, {words}', { words });
}

/** Describes the adapters on an arm's model: "Tickets × 0.5 + Style"; '' if there are none. */
export function describeAdapters({ adapters = [] }: Pick<Arm, 'adapters'>): string {
	const digits = { maximumFractionDigits: 4 };
	return adapters
		.map(({ name, scale }) => (scale === 1 ? name : `${name} × ${scale.toLocaleString(numberLocale(), digits)}`))
		.join(' + ');
}

/** Describes what a run compares: "v4, v5 × 135M, 360M". */
export function describeCompared(arms: readonly Arm[]): string {
	const prompts = listSome(arms.map((arm) => describePrompt(arm, arms)));
	const techniques = new Set(arms.map(({ technique }) => describeTechnique(technique)));
	const models = new Set(arms.map(({ model }) => shortenModelName(model.name)));
	const types = new Set(arms.map(({ model }) => model.quantization));
	const what =
		models.size === 1 && types.size > 1
			? listSome([...types])
			: listSome(distinguishNames(arms.map(({ model }) => shortenModelName(model.name) || model.name)));
	const adapters = differ(arms, describeAdapters)
		? listSome(arms.map((arm) => describeAdapters(arm) || t('without adapter')))
		: (arms[0] && describeAdapters(arms[0])) || null;
	const contexts = differ(arms, ({ context }) => describeContext(context))
		? t('{count, plural, one {# context} other {# contexts}}', {
				count: new Set(arms.map(({ context }) => describeContext(context))).size,
			})
		: null;
	return [prompts, techniques.size > 1 ? listSome([...techniques].map(inSentence)) : null, what, adapters, contexts]
		.filter((part) => part !== null && part !== '')
		.join(' × ');
}

/** Formats a time: "today 13:48", "yesterday", "Friday", "3 Nov". */
export function formatWhen(at: number, now: number): string {
	const days = countDaysBetween(at, now);
	if (days === 0) return t('today {time}', { time: formatShortTime(at, now) });
	if (days === 1) return t('yesterday');
	if (days < 7) return new Date(at).toLocaleDateString(dateLocale(), { weekday: 'long' });
	return formatShortTime(at, now);
}

/** Computes the completed share, from 0 to 1; null before anything is known. */
export function computeDoneShare({ progress }: Pick<RunSummary, 'progress'>): number | null {
	return progress.total === 0 ? null : progress.done / progress.total;
}

/** Describes the progress for screen readers, so coarsely that it changes four times a run: "Tickets, 50 % done". */
export function describeProgress(run: Pick<RunSummary, 'name' | 'status' | 'progress'>): string {
	if (run.status === 'waiting') return `${run.name}: ${run.progress.doing ?? t('waiting')}`;
	const quarters = Math.floor((computeDoneShare(run) ?? 0) * 4);
	return quarters === 0
		? t('{name} has started', { name: run.name })
		: t('{name}, {percent} done', { name: run.name, percent: formatPercentage(quarters * 25) });
}

/** Describes the time left: "2 min left", "about 2 min left, from earlier answers", "longer than expected". */
export function describeTimeLeft(seconds: number, basis: RunSummary['progress']['secondsLeftBasis']): string {
	if (seconds <= 0) return t('longer than expected');
	const left = formatTimeLeft(seconds);
	if (basis === 'learned') return t('about {left}, from earlier answers', { left });
	return basis === 'guessed' ? t('about {left}, a guess', { left }) : left;
}

function examples(shots: number): string {
	return t('{shots, plural, one {# example} other {# examples}}', { shots });
}

/** English writes names such as "Chain of thought" small inside a sentence; other languages keep them. */
export function inSentence(name: string): string {
	return pageLocale().tag === 'en' ? lowerFirst(name) : name;
}

const likeliest = { text: t('Likeliest choice'), letters: t('Likeliest letter'), blank: t('Likeliest blank') } as const;

/** Describes a technique: "Zero-shot", "3 examples", "Chain of thought, 2 examples", "CoT@5". */
export function describeTechnique(technique: Technique): string {
	const shots = 'shots' in technique && technique.shots > 0 ? [examples(technique.shots)] : [];
	const asked = techniqueFormat(technique);
	const format = asked === undefined ? [] : [answerFormatName(asked)];
	switch (technique.kind) {
		case 'zero-shot':
			return [t('Zero-shot'), ...format].join(phraseSeparator('comma'));
		case 'few-shot':
			return [examples(technique.shots), ...format].join(phraseSeparator('comma'));
		case 'chain-of-thought':
			return [t('Chain of thought'), ...shots].join(phraseSeparator('comma'));
		case 'self-consistency':
			return [`CoT@${technique.k}`, ...shots].join(phraseSeparator('comma'));
		case 'choice-likelihood':
			return [likeliest[technique.form], ...shots].join(phraseSeparator('comma'));
		case 'choice-letter':
			return [technique.forced ? t('Letter choice, forced') : t('Letter choice'), ...shots].join(
				phraseSeparator('comma'),
			);
		case 'tools':
			return technique.choice === 'required' ? t('Tools, forced') : t('Tools');
	}
}

const searchWords: Record<'bm25' | 'vector' | 'hybrid', string> = {
	bm25: t('by words'),
	vector: t('by meaning'),
	hybrid: t('by words and meaning'),
};

const overflowWords: Record<'drop' | 'summary' | 'retrieve', string> = {
	drop: t('oldest left out'),
	summary: t('oldest summarised'),
	retrieve: t('oldest looked up'),
};

/** Describes what prompts contained besides the samples: "passages of Handbook, by words, at most 4". */
export function describeContext(context: Arm['context']): string {
	if (context === undefined) return t('no context');
	const { documents, overflow, facts } = context;
	return [
		...(documents === undefined ? [] : describeLookUp(documents)),
		...(facts === undefined ? [] : [t('facts remembered')]),
		...(overflow === undefined ? [] : [overflowWords[overflow]]),
	].join(phraseSeparator('comma'));
}

function describeLookUp({
	collection,
	mode,
	search,
	k,
	rerank,
}: NonNullable<NonNullable<Arm['context']>['documents']>) {
	if (mode === 'whole') return [t('all of {collection}', { collection })];
	if (mode === 'auto') return [t('{collection} as in a chat', { collection })];
	return [
		t('passages of {collection}', { collection }),
		searchWords[search],
		...(k === null ? [] : [t('at most {k}', { k })]),
		...(rerank === null ? [] : [t('reranked')]),
	];
}

/** Describes parameters: "temperature 0", and everything that differs from the defaults. */
export function describeParameters(parameters: Parameters): string {
	const { temperature, maxTokens } = parameters;
	const values = withRunDefaults(parameters);
	return [
		t('temperature {temperature}', { temperature }),
		maxTokens === 256 ? [] : t('up to {maxTokens, plural, one {# token} other {# tokens}}', { maxTokens }),
		...samplingParameters.map(({ key, words }) =>
			key === 'temperature' || values[key] === runSamplerDefaults[key] ? [] : `${translate(words)} ${values[key]}`,
		),
	]
		.flat()
		.join(phraseSeparator('comma'));
}

export const statusLabels: Record<RunStatus, string> = {
	waiting: t('Waiting'),
	running: t('Running'),
	paused: t('Paused'),
	done: t('Done'),
	failed: t('Stopped'),
	cancelled: t('Ended early'),
};

/** Whether more rows may arrive without user action. */
export function isLive(status: RunStatus): boolean {
	return status === 'running' || status === 'waiting';
}

/** Formats a rate: "0.72 samples/s", "14 samples/s". */
export function formatRowRate(perSecond: number): string {
	const rate =
		perSecond >= 10
			? formatCount(perSecond)
			: perSecond.toLocaleString(numberLocale(), { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
	return t('{rate} samples/s', { rate });
}
