import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleQuestionMark, type LucideIcon, Pencil, ThumbsDown, ThumbsUp } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { FeedbackItem } from '../../electron/contract/feedback/schema.ts';
import { openMessage } from '../conversation/actions.ts';
import { Badge } from '../design/badge.tsx';
import { countDaysBetween, formatFullTime, formatShortTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { getTextScale } from '../design/page-width.ts';
import { shortenModelName } from '../library/model-name.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeReason } from './feedback-wording.ts';

const rowHeight = 54;

/** Rows this close to the end of the fetched ones load more. */
const fetchAhead = 30;

/**
 * Answers with feedback, virtualised below anything else that scrolls in `box`. The selected one opens next to them.
 */
export function AnswerRows({ box, now }: { box: RefObject<HTMLDivElement | null>; now: number }) {
	const services = useServices();
	const { feedbackReport: report } = services;
	const items = useStore(report.state, (state) => state.items);
	const selected = useStore(report.state, (state) => state.selected?.messageId ?? null);
	const list = useRef<HTMLUListElement>(null);
	const [above, setAbove] = useState(0);
	useEffect(() => {
		const element = list.current;
		const scroller = box.current;
		if (element === null || scroller === null) return;
		const measure = () => {
			const distance = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
			setAbove(distance / getTextScale() + scroller.scrollTop);
		};
		const observer = new ResizeObserver(measure);
		observer.observe(scroller);
		if (element.previousElementSibling) observer.observe(element.previousElementSibling);
		measure();
		return () => observer.disconnect();
	}, [box]);
	const virtualizer = useVirtualizer({
		count: items.length,
		getScrollElement: () => box.current,
		estimateSize: () => rowHeight,
		getItemKey: (index) => items[index]?.messageId ?? index,
		scrollMargin: above,
		overscan: 10,
	});
	const rows = virtualizer.getVirtualItems();
	const nearEnd = (rows.at(-1)?.index ?? 0) >= items.length - fetchAhead;
	useEffect(() => {
		if (nearEnd && items.length > 0) void report.loadMore();
	}, [nearEnd, items.length, report]);

	function press(event: KeyboardEvent): void {
		const at = items.findIndex(({ messageId }) => messageId === selected);
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
		const item = to === undefined ? undefined : items[Math.max(0, Math.min(items.length - 1, to))];
		if (to === undefined || item === undefined) return;
		event.preventDefault();
		report.select(item);
		virtualizer.scrollToIndex(items.indexOf(item));
		requestAnimationFrame(() =>
			list.current?.querySelector<HTMLElement>(`[data-row="${item.messageId}"]`)?.focus({ preventScroll: true }),
		);
	}
	const entry = items.some(({ messageId }) => messageId === selected) ? selected : (items[0]?.messageId ?? null);
	return (
		<ul
			ref={list}
			aria-label={t('Answers with feedback')}
			className="relative mx-3"
			style={{ height: virtualizer.getTotalSize() }}
			onKeyDown={press}
		>
			{rows.map(({ key, index, start }) => {
				const item = items[index];
				if (item === undefined) return null;
				return (
					<li
						key={key}
						className="absolute inset-x-0 top-0"
						style={{ height: rowHeight, transform: `translateY(${start - above}px)` }}
					>
						<AnswerRow
							item={item}
							now={now}
							selected={item.messageId === selected}
							focusable={item.messageId === entry}
							onSelect={() => report.select(item)}
							onOpen={() => openMessage(services, item)}
						/>
					</li>
				);
			})}
		</ul>
	);
}

function AnswerRow({
	item,
	now,
	selected,
	focusable,
	onSelect,
	onOpen,
}: {
	item: FeedbackItem;
	now: number;
	selected: boolean;
	focusable: boolean;
	onSelect: () => void;
	onOpen: () => void;
}) {
	const { icon, tone, words } = chooseMark(item);
	return (
		<button
			type="button"
			data-row={item.messageId}
			data-answer={item.messageId}
			tabIndex={focusable ? 0 : -1}
			aria-current={selected || undefined}
			onClick={onSelect}
			onDoubleClick={onOpen}
			onKeyDown={(event) => {
				if (event.key !== 'Enter' || !selected) return;
				event.preventDefault();
				onOpen();
			}}
			className={`flex h-full w-full items-start gap-2.5 border-b border-line px-2 py-[7px] text-left focus-visible:-outline-offset-2 ${
				selected
					? 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]'
					: 'hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]'
			}`}
		>
			<span className="sr-only">{words}:</span>
			<Icon of={icon} size={14} className={`mt-[3px] ${tone}`} />
			<span className="min-w-0 flex-1">
				<span className="flex items-baseline gap-3">
					<span className="min-w-0 flex-1 truncate" dir="auto">
						{firstLine(item.prompt)}
					</span>
					<time
						className="flex-none text-xs text-ink-3 tabular-nums"
						dateTime={new Date(item.at).toISOString()}
						title={formatFullTime(item.at)}
					>
						{countDaysBetween(item.at, now) === 1 ? t('Yesterday') : formatShortTime(item.at, now)}
					</time>
				</span>
				<span className="flex h-5 items-center gap-2 text-xs text-ink-2">
					<span className="min-w-0 flex-1 truncate" dir="auto">
						{secondLine(item)}
					</span>
					{item.tags.slice(0, 2).map((tag) => (
						<Badge key={tag} tone="plain">
							<span className="max-w-40 truncate leading-normal">{describeReason(tag)}</span>
						</Badge>
					))}
					<span className="flex-none text-ink-3">
						{shortenModelName(item.modelName)} {item.quantization}
					</span>
				</span>
			</span>
		</button>
	);
}

function chooseMark({ rating, correction }: FeedbackItem): { icon: LucideIcon; tone: string; words: string } {
	if (rating === 'up') return { icon: ThumbsUp, tone: 'text-good', words: t('Good') };
	if (rating === 'down') return { icon: ThumbsDown, tone: 'text-bad', words: t('Bad') };
	if (correction !== null) return { icon: Pencil, tone: 'text-ink-3', words: t('Corrected') };
	return { icon: CircleQuestionMark, tone: 'text-warn', words: t('To review') };
}

/** Returns the text that best explains why it is listed. */
function secondLine({ rating, correction, comment, signals, answer }: FeedbackItem): string {
	if (correction !== null) return t('Correct answer: {text}', { text: firstLine(correction) });
	if (comment !== null) return firstLine(comment);
	const suggested = signals.find(({ source }) => source === 'suggested');
	if (rating === null && suggested?.evidence != null)
		return t('You wrote “{evidence}”', { evidence: suggested.evidence });
	return answer === '' ? t('Empty answer') : firstLine(answer);
}

function firstLine(text: string): string {
	return text.slice(0, 400).replaceAll(/\s+/g, ' ').trim();
}
