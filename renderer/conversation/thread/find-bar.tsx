import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { lowerCase } from '../../../electron/contract/lower-case.ts';
import { IconButton } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { getTextScale } from '../../design/page-width.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { focusComposer } from '../actions.ts';
import { shownMessages } from './thread-state.ts';

/**
 * Finds text in the conversation on the screen, newest message first. The browser's own search sees only the messages
 * that are drawn, which are few in a long conversation.
 */
export function FindBar() {
	const { layout, thread } = useServices();
	const field = useRef<HTMLInputElement>(null);
	const [typed, setTyped] = useState('');
	const [current, setCurrent] = useState<number | null>(null);
	const wanted = useRef<number | null>(null);
	const messages = useStore(thread.state, shownMessages);
	const found = findMessages(messages, typed);
	const at = current === null ? -1 : found.indexOf(current);
	useEffect(() => field.current?.focus(), []);
	useHighlightedMatches(typed, wanted);

	function go(id: number | undefined): void {
		if (id === undefined) return;
		wanted.current = id;
		setCurrent(id);
		layout.set({ target: id });
	}
	function step(by: 1 | -1): void {
		go(found[(at + by + found.length) % found.length]);
	}
	function type(text: string): void {
		setTyped(text);
		const ids = findMessages(messages, text);
		if (current === null || !ids.includes(current)) go(ids.at(-1));
	}
	function close(): void {
		layout.set({ finding: false });
		focusComposer();
	}
	function press(event: KeyboardEvent): void {
		if (event.nativeEvent.isComposing) return;
		if (event.key === 'Escape') close();
		else if (event.key === 'Enter') step(event.shiftKey ? 1 : -1);
		else if (event.key === 'ArrowUp') step(-1);
		else if (event.key === 'ArrowDown') step(1);
		else return;
		event.preventDefault();
		event.stopPropagation();
	}
	const blank = typed.trim() === '';
	const none = blank ? t('Enter text to find first') : found.length === 0 ? t('No results') : undefined;
	return (
		<search className="flex h-10 flex-none items-center gap-1 border-b border-line pr-3 pl-5">
			<div className="flex h-7 w-72 min-w-0 items-center gap-1.5 rounded-md bg-sunken px-2 focus-within:outline-2 focus-within:outline-focus">
				<Icon of={Search} size={14} className="text-ink-3" />
				<input
					ref={field}
					data-find
					type="text"
					value={typed}
					aria-label={t('Find in this conversation')}
					placeholder={t('Find in this conversation')}
					autoComplete="off"
					spellCheck={false}
					maxLength={1000}
					onChange={(event) => type(event.target.value)}
					onKeyDown={press}
					className="min-w-0 flex-1 bg-transparent outline-none"
				/>
			</div>
			<IconButton
				icon={ChevronUp}
				label={t('Previous match')}
				keys="Enter"
				size="sm"
				blocked={none}
				onClick={() => step(-1)}
			/>
			<IconButton
				icon={ChevronDown}
				label={t('Next match')}
				keys="Shift Enter"
				size="sm"
				blocked={none}
				onClick={() => step(1)}
			/>
			<span role="status" className="min-w-0 flex-1 truncate px-1.5 text-xs text-ink-3 tabular-nums">
				{blank
					? ''
					: (none ??
						t('{number} of {total, plural, one {# message} other {# messages}}', {
							number: formatCount(at + 1),
							total: found.length,
						}))}
			</span>
			<IconButton icon={X} label={t('Close')} keys="Esc" size="sm" onClick={close} />
		</search>
	);
}

/** Name of the highlight that base.css paints. */
const name = 'found';

/** Distance from the edge of the visible area within which words are hard to read, in px. */
const edge = 24;

/**
 * Highlights the words in all drawn messages, now and as messages come into view. `wanted` is the message to go to: its
 * first match is scrolled into view as soon as it is drawn.
 */
function useHighlightedMatches(typed: string, wanted: RefObject<number | null>): void {
	useEffect(() => {
		const box = document.querySelector('[data-messages]');
		if (box === null || !('highlights' in CSS)) return;
		let frame = 0;
		function mark(): void {
			if (box === null) return;
			const marks = new Highlight();
			for (const range of findRanges(box, typed)) marks.add(range);
			CSS.highlights.set(name, marks);
			const row = box.querySelector(`[data-message="${wanted.current}"]`);
			const first = row === null ? undefined : findRanges(row, typed)[0];
			if (first === undefined) return;
			wanted.current = null;
			const [seen, place] = [box.getBoundingClientRect(), first.getBoundingClientRect()];
			if (place.top < seen.top + edge || place.bottom > seen.bottom - edge)
				box.scrollTop += (place.top - seen.top) / getTextScale() - box.clientHeight / 2;
		}
		function soon(): void {
			cancelAnimationFrame(frame);
			frame = requestAnimationFrame(mark);
		}
		const observer = new MutationObserver(soon);
		observer.observe(box, { childList: true, subtree: true, characterData: true });
		soon();
		return () => {
			observer.disconnect();
			cancelAnimationFrame(frame);
			CSS.highlights.delete(name);
		};
	}, [typed, wanted]);
}

/** Finds the messages that contain the words, in their order; ignores case. */
export function findMessages(
	messages: readonly Pick<Message, 'id' | 'content' | 'reasoning'>[],
	typed: string,
): readonly number[] {
	const words = lowerCase(typed.trim());
	if (words === '') return [];
	return messages
		.filter(({ content, reasoning }) => lowerCase(`${content}\n${reasoning ?? ''}`).includes(words))
		.map(({ id }) => id);
}

/** Finds the ranges of the words in the drawn text below `root`, in page order. */
function findRanges(root: Node, typed: string): readonly Range[] {
	const words = lowerCase(typed.trim());
	if (words === '') return [];
	const ranges: Range[] = [];
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
		const text = lowerCase(node.nodeValue ?? '');
		for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
			const range = document.createRange();
			range.setStart(node, at);
			range.setEnd(node, at + words.length);
			ranges.push(range);
		}
	}
	return ranges;
}
