import type { ReactNode } from 'react';
import type { ServerRequest } from '../../electron/contract/server/request-log.ts';
import { formatCount, formatDuration, formatFullTime, formatSeconds, formatShortTime } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { RequestOutcomeMark, RequestStateMark } from './request-marks.tsx';
import {
	describeCachedShare,
	describeClient,
	describeKey,
	describeOutcome,
	describeRoute,
	describeState,
	orNothing,
} from './server-wording.ts';

/** A column of the live list or the history. */
export interface RequestColumn {
	readonly id: string;
	readonly name: string;
	/** In px; undefined: a share of what is left. */
	readonly width?: number;
	/** Figures are right-aligned and monospaced. */
	readonly isFigure?: boolean;
	/** Narrowest table, in px, that shows it. */
	readonly from?: number;
	readonly text: (request: ServerRequest, now: number) => string;
	/** Drawn in place of the text. */
	readonly draw?: (request: ServerRequest) => ReactNode;
	/** Shown on hover. */
	readonly title?: (request: ServerRequest) => string | undefined;
	readonly mono?: boolean;
}

const client: RequestColumn = { id: 'client', name: t('Client'), text: describeClient, title: describeClient };
const key: RequestColumn = { id: 'key', name: t('Key'), width: 112, from: 1_000, text: (one) => describeKey(one.key) };
const model: RequestColumn = { id: 'model', name: t('Model'), text: (one) => one.model, title: (one) => one.model };
const input: RequestColumn = {
	...{ id: 'input', name: t('Input'), width: 62, isFigure: true },
	text: (one) => orNothing(one.promptTokens),
};
const cached: RequestColumn = {
	...{ id: 'cached', name: t('Cached'), width: 66, isFigure: true },
	text: describeCachedShare,
	title: ({ cachedTokens }) =>
		cachedTokens === null ? undefined : t('{count, plural, one {# token} other {# tokens}}', { count: cachedTokens }),
};
/** The first token that was not the cached one. */
const differs: RequestColumn = {
	...{ id: 'differs', name: t('Differs from'), width: 86, isFigure: true },
	text: ({ cacheMiss }) => (cacheMiss === null ? '' : formatCount(cacheMiss.at + 1)),
	title: ({ cacheMiss }) =>
		cacheMiss === null
			? undefined
			: t('Token {at} is the first that differs from what was cached', { at: formatCount(cacheMiss.at + 1) }),
};
const output: RequestColumn = {
	...{ id: 'output', name: t('Output'), width: 62, isFigure: true },
	text: (one) => orNothing(one.completionTokens),
};
const first: RequestColumn = {
	...{ id: 'first', name: t('First token'), width: 82, isFigure: true },
	text: (one) => orNothing(one.ttftMs, formatDuration),
};

export const liveColumns: readonly RequestColumn[] = [
	client,
	key,
	model,
	{
		...{ id: 'state', name: t('State'), width: 150 },
		text: describeState,
		draw: (one) => <RequestStateMark request={one} />,
	},
	input,
	cached,
	{ ...differs, from: 760 },
	output,
	first,
	{
		...{ id: 'time', name: t('Time'), width: 72, isFigure: true },
		text: (one) => formatSeconds(one.durationMs),
	},
];

export const historyColumns: readonly RequestColumn[] = [
	{
		...{ id: 'at', name: t('Time'), width: 72 },
		text: (one, now) => formatShortTime(one.startedAt, now),
		title: (one) => formatFullTime(one.startedAt),
	},
	client,
	{ ...key, from: 1_120 },
	{
		...{ id: 'route', name: t('Route'), width: 164, from: 720, mono: true },
		text: (one) => describeRoute(one.route),
		title: (one) => one.route,
	},
	{ ...model, from: 600 },
	{
		...{ id: 'outcome', name: t('Outcome'), width: 124 },
		text: describeOutcome,
		draw: (one) => <RequestOutcomeMark request={one} />,
	},
	{ ...input, from: 960 },
	{ ...cached, from: 1_040 },
	{ ...differs, from: 1_340 },
	{ ...output, from: 800 },
	{ ...first, from: 480 },
	{
		...{ id: 'total', name: t('Total'), width: 76, isFigure: true },
		text: (one) => formatDuration(one.durationMs),
	},
];

/** Returns the columns that a table of this width shows. */
export function shownColumns(columns: readonly RequestColumn[], width: number): readonly RequestColumn[] {
	return columns.filter(({ from = 0 }) => width >= from);
}

/** The head of a table of requests. */
export function RequestHeads({ columns }: { columns: readonly RequestColumn[] }) {
	return (
		<tr aria-rowindex={1}>
			{columns.map(({ id, name, width, isFigure = false }) => (
				<th
					key={id}
					scope="col"
					style={width === undefined ? {} : { width }}
					className={`h-7 truncate border-b border-line px-2 font-medium first:ps-5 last:pe-5 ${isFigure ? 'text-end' : 'text-start'}`}
				>
					{name}
				</th>
			))}
		</tr>
	);
}

/** The cells of a request. */
export function RequestCells({
	columns,
	request,
	now,
}: {
	columns: readonly RequestColumn[];
	request: ServerRequest;
	now: number;
}) {
	return columns.map(({ id, isFigure = false, mono = false, text, draw, title }) => (
		<td
			key={id}
			title={title?.(request)}
			dir={isFigure || draw !== undefined ? undefined : 'auto'}
			className={`h-7 truncate border-b border-line px-2 py-0 first:ps-5 last:pe-5 ${isFigure ? 'text-end tabular-nums' : ''} ${isFigure || mono ? 'font-mono tracking-[-0.01em]' : ''} ${id === 'at' || id === 'key' || mono ? 'text-ink-2' : ''}`}
		>
			{draw === undefined ? text(request, now) : draw(request)}
		</td>
	));
}

/** Says that columns are hidden, and how to see them. */
export function HiddenColumns({ columns, width }: { columns: readonly RequestColumn[]; width: number }) {
	const shown = shownColumns(columns, width).length;
	if (width === 0 || shown === columns.length) return null;
	return (
		<p className="flex-none border-t border-line px-5 py-1 text-2xs text-ink-2">
			{t('{shown} of {total} columns. Widen the window to see the others.', {
				shown: formatCount(shown),
				total: formatCount(columns.length),
			})}
		</p>
	);
}
