import type { ActivityEntry, ActivityKind, ActivityResult } from '../../electron/contract/activity/schema.ts';
import { formatBytes, formatDuration, formatRate, phraseSeparator } from '../design/format.ts';
import { t } from '../messages/t.ts';

export const kindLabels: Record<ActivityKind, string> = {
	answer: t('Answer'),
	load: t('Load', {}, 'of a model: the noun'),
	unload: t('Unload', {}, 'of a model: the noun'),
	crash: t('Crash'),
	download: t('Download', {}, 'of a file: the noun'),
	network: t('Request'),
	job: t('Job'),
	default: t('Default', {}, 'the model or preset that is used unless another is chosen'),
};

export const resultLabels: Record<ActivityResult, string> = {
	fine: t('Done'),
	stopped: t('You stopped this answer'),
	failed: t('Failed'),
	blocked: t('Blocked'),
};

const stopReasons: Readonly<Record<string, string>> = {
	end: t('Complete'),
	'stop-string': t('Complete'),
	'max-tokens': t('Reached the answer limit'),
	'context-full': t('Context full'),
};

const jobs: Readonly<Record<string, string>> = {
	import: t('Conversation import'),
	export: t('Conversation export'),
	evaluation: t('Evaluation'),
	'dataset-import': t('Dataset import'),
	'dataset-export': t('Dataset export'),
	quantise: t('Quantisation'),
};

/** Requests by their purposes, which the log keeps in English. */
const purposes: readonly (readonly [pattern: RegExp, words: (name: string) => string])[] = [
	[/^search for models$/, () => t('search for models')],
	[/^header of a file of (.+)$/, (repository) => t('header of a file of {repository}', { repository })],
	[/^files of (.+)$/, (repository) => t('files of {repository}', { repository })],
	[/^download of (.+)$/, (file) => t('download of {file}', { file })],
	[/^updates of Assay$/, () => t('updates of Assay')],
	[/^(?:an unknown purpose|none that Assay knows)$/, () => t('an unknown purpose')],
];

/** Describes what a network request was for; the purposes of other versions stay in English. */
export function describePurpose(purpose: string): string {
	for (const [pattern, words] of purposes) {
		const found = pattern.exec(purpose);
		if (found !== null) return words(found[1] ?? '');
	}
	return purpose;
}

/** Names what the entry is about. */
export function describeSubject({ kind, subject }: ActivityEntry): string {
	return kind === 'default' && subject === '' ? t('None') : subject;
}

/** Describes the outcome in a word or two. */
export function describeOutcome({ kind, result, outcome }: ActivityEntry): string {
	if (kind === 'crash') return t('Crashed');
	if (kind === 'network' && /^\d{3}/.test(outcome)) return outcome;
	if (kind === 'answer' && outcome === 'interrupted') return t('Assay closed');
	if (kind === 'answer' && result === 'fine') return stopReasons[outcome] ?? resultLabels.fine;
	if (result === 'fine' && kind === 'load') return t('Loaded');
	if (result === 'fine' && kind === 'unload') return t('Unloaded');
	if (kind === 'default') return outcome === 'model' ? t('Default model') : t('Default preset');
	return resultLabels[result];
}

/** Describes the remaining details on one line. */
export function describeDetails(entry: ActivityEntry): string {
	const { kind, message, facts, figures, result } = entry;
	if (message !== null) return message;
	const number = (name: string): number | null => (typeof facts[name] === 'number' ? facts[name] : null);
	const text = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
	const size = number('bytes');
	const parts: (string | false | null)[] = [];
	switch (kind) {
		case 'answer': {
			if (figures === null) break;
			const speed = tokensPerSecond(entry);
			parts.push(
				t('{completionTokens, plural, one {# token} other {# tokens}}', { completionTokens: figures.completionTokens }),
				speed !== null && formatRate(speed),
				figures.completionTokens > 0 && t('first token after {time}', { time: formatDuration(figures.ttftMs) }),
			);
			break;
		}
		case 'load': {
			const [ms, threads, context, resident] = ['loadMs', 'threads', 'contextSize', 'residentBytes'].map(number);
			parts.push(
				ms != null && t('in {time}', { time: formatDuration(ms) }),
				context != null && t('context {context, plural, one {# token} other {# tokens}}', { context }),
				threads != null && t('{threads, plural, one {# thread} other {# threads}}', { threads }),
				resident != null && formatBytes(resident),
			);
			break;
		}
		case 'network':
			parts.push(
				describePurpose(text('purpose')),
				size !== null && size > 0 && formatBytes(size),
				result === 'blocked' && t('nothing was sent'),
			);
			break;
		case 'download':
			parts.push(
				text('source') !== '' && t('from {source}', { source: text('source') }),
				size !== null && formatBytes(size),
			);
			break;
		case 'job': {
			const took = number('tookMs');
			parts.push(jobs[text('work')] ?? text('work'), took !== null && t('took {time}', { time: formatDuration(took) }));
			break;
		}
		case 'default':
			parts.push(text('before') !== '' && t('instead of {before}', { before: text('before') }));
			break;
		case 'unload':
		case 'crash':
			break;
	}
	return parts.filter((part) => typeof part === 'string' && part !== '').join(phraseSeparator('comma'));
}

/**
 * Computes tokens per second without the first token, which belongs to the time before it; null if nothing was
 * measured.
 */
export function tokensPerSecond({ figures }: ActivityEntry): number | null {
	if (figures === null || figures.completionTokens < 2 || figures.generationMs <= 0) return null;
	return ((figures.completionTokens - 1) * 1000) / figures.generationMs;
}

/** Formats the entry as tab-separated values for spreadsheets. */
export function toTabSeparatedRow(entry: ActivityEntry): string {
	const { at, kind } = entry;
	const cells = [
		new Date(at).toISOString(),
		kindLabels[kind],
		describeSubject(entry),
		describeOutcome(entry),
		describeDetails(entry),
	];
	return cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t');
}
