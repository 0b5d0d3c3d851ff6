import type { FeedbackFilter } from '../../electron/contract/feedback/schema.ts';
import { formatCount } from '../design/format.ts';
import { startOfDay } from '../design/local-day.ts';
import { t } from '../messages/t.ts';

/** A period, chosen by name or by its days. */
export type Period =
	| { readonly kind: 'any' }
	/** The last days, today included. */
	| { readonly kind: 'days'; readonly days: 1 | 7 | 30 }
	/** Days as the date field writes them, both inclusive; '' is open. */
	| { readonly kind: 'between'; readonly from: string; readonly to: string };

/** Filter of the screen. */
export interface ReportFilter {
	readonly rating: FeedbackFilter['rating'];
	readonly model: { readonly name: string; readonly quantization: string } | null;
	readonly tag: string | null;
	readonly prompt: string;
	readonly period: Period;
}

export const emptyFilter: ReportFilter = { rating: 'any', model: null, tag: null, prompt: '', period: { kind: 'any' } };

/** Whether any filter except the rating is set. */
export function isNarrowed({ model, tag, prompt, period }: ReportFilter): boolean {
	return model !== null || tag !== null || prompt.trim() !== '' || period.kind !== 'any';
}

/** Converts the filter to call input. Days are in the computer's own time zone. */
export function toReportQuery({ rating, model, tag, prompt, period }: ReportFilter, now: number): FeedbackFilter {
	const { from, to } = bounds(period, now);
	return {
		rating,
		...(model === null ? {} : { modelName: model.name, quantization: model.quantization }),
		...(tag === null ? {} : { tag }),
		...(prompt.trim() === '' ? {} : { prompt: prompt.trim() }),
		...(from === null ? {} : { from }),
		...(to === null ? {} : { to }),
	};
}

function bounds(period: Period, now: number): { from: number | null; to: number | null } {
	switch (period.kind) {
		case 'any':
			return { from: null, to: null };
		case 'days':
			return { from: startOfDay(now, 1 - period.days), to: null };
		case 'between':
			return {
				from: parseDay(period.from) === null ? null : startOfDay(parseDay(period.from)!),
				to: parseDay(period.to) === null ? null : startOfDay(parseDay(period.to)!, 1) - 1,
			};
	}
}

/** Parses "2026-11-24" as a local day; null for anything else. */
function parseDay(text: string): Date | null {
	const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
	return year === undefined || month === undefined || day === undefined ? null : new Date(year, month - 1, day);
}

export const periods: readonly { readonly key: string; readonly words: string; readonly period: Period }[] = [
	{ key: 'any', words: t('Any time'), period: { kind: 'any' } },
	{ key: 'days-1', words: t('Today'), period: { kind: 'days', days: 1 } },
	{ key: 'days-7', words: t('Last 7 days'), period: { kind: 'days', days: 7 } },
	{ key: 'days-30', words: t('Last 30 days'), period: { kind: 'days', days: 30 } },
	{ key: 'between', words: t('Date range'), period: { kind: 'between', from: '', to: '' } },
];

export function periodKey(period: Period): string {
	return period.kind === 'days' ? `days-${period.days}` : period.kind;
}

/** Formats a share as whole per cent, without the unit: 0.817 → "82". */
export function formatWholePercent(share: number): string {
	return formatCount(Math.round(share * 100));
}
