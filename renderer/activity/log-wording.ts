import type { ActivityEntry, ActivityKind, ActivityResult } from '../../electron/contract/activity/schema.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatRate } from '../design/format.ts';

export const kindLabels: Record<ActivityKind, string> = {
	answer: 'Answer',
	load: 'Load',
	unload: 'Unload',
	crash: 'Crash',
	download: 'Download',
	network: 'Request',
	job: 'Job',
};

export const resultLabels: Record<ActivityResult, string> = {
	fine: 'Done',
	stopped: 'You stopped this answer',
	failed: 'Failed',
	blocked: 'Blocked',
};

const stopReasons: Readonly<Record<string, string>> = {
	end: 'Complete',
	'stop-string': 'Complete',
	'max-tokens': 'Reached the answer limit',
	'context-full': 'Context full',
};

const jobs: Readonly<Record<string, string>> = {
	import: 'Conversation import',
	export: 'Conversation export',
	evaluation: 'Evaluation',
	'dataset-import': 'Dataset import',
	'dataset-export': 'Dataset export',
	quantise: 'Quantisation',
};

/** Describes the outcome in a word or two. */
export function describeOutcome({ kind, result, outcome }: ActivityEntry): string {
	if (kind === 'crash') return 'Crashed';
	if (kind === 'network' && /^\d{3}/.test(outcome)) return outcome;
	if (kind === 'answer' && result === 'fine') return stopReasons[outcome] ?? resultLabels.fine;
	if (result === 'fine' && kind === 'load') return 'Loaded';
	if (result === 'fine' && kind === 'unload') return 'Unloaded';
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
				formatQuantity(figures.completionTokens, 'token'),
				speed !== null && formatRate(speed),
				figures.completionTokens > 0 && `first token after ${formatDuration(figures.ttftMs)}`,
			);
			break;
		}
		case 'load': {
			const [ms, threads, context, resident] = ['loadMs', 'threads', 'contextSize', 'residentBytes'].map(number);
			parts.push(
				ms != null && `in ${formatDuration(ms)}`,
				context != null && `context ${formatCount(context)} tokens`,
				threads != null && formatQuantity(threads, 'thread'),
				resident != null && formatBytes(resident),
			);
			break;
		}
		case 'network':
			parts.push(
				text('purpose'),
				size !== null && size > 0 && formatBytes(size),
				result === 'blocked' && 'nothing was sent',
			);
			break;
		case 'download':
			parts.push(text('source') !== '' && `from ${text('source')}`, size !== null && formatBytes(size));
			break;
		case 'job': {
			const took = number('tookMs');
			parts.push(jobs[text('work')] ?? text('work'), took !== null && `took ${formatDuration(took)}`);
			break;
		}
		case 'unload':
		case 'crash':
			break;
	}
	return parts.filter((part) => typeof part === 'string' && part !== '').join(', ');
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
	const { at, kind, subject } = entry;
	const cells = [new Date(at).toISOString(), kindLabels[kind], subject, describeOutcome(entry), describeDetails(entry)];
	return cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t');
}
