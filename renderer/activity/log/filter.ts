import type { ActivityFilter, ActivityKind, ActivityResult } from '../../../electron/contract/data/activity.ts';
import { kindLabels } from './words.ts';

/** What the log is told to show. null: whatever it is. */
export interface LogFilter {
	readonly kind: ActivityKind | null;
	readonly result: ActivityResult | null;
	/** The last days, today included; null: all that is kept. */
	readonly days: number | null;
	readonly text: string;
}

export const allEntries: LogFilter = { kind: null, result: null, days: null, text: '' };

export function isNarrowed({ kind, result, days, text }: LogFilter): boolean {
	return kind !== null || result !== null || days !== null || text.trim() !== '';
}

/** The filter as calls take it. Days are those of the computer's own time zone. */
export function toLogQuery({ kind, result, days, text }: LogFilter, now: number): ActivityFilter {
	const today = new Date(now);
	return {
		...(kind === null ? {} : { kinds: [kind] }),
		...(result === null ? {} : { results: [result] }),
		...(days === null
			? {}
			: { since: new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1).getTime() }),
		...(text.trim() === '' ? {} : { text: text.trim() }),
	};
}

/** The kind that an address names: `#/activity/network`. */
export function parseLogKind(part: string | null): ActivityKind | null {
	return part !== null && Object.hasOwn(kindLabels, part) ? (part as ActivityKind) : null;
}
