import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { IconButton } from '../../design/button.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { focusComposer } from '../actions.ts';
import { shownMessages } from '../thread-state.ts';
import { findMessages } from './matches.ts';
import { useHighlightedMatches } from './use-found-marks.ts';

/**
 * Finds words in the conversation on the screen, the newest message first. The browser's own search sees only the
 * messages that are drawn, which are few of a long conversation.
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
	const none = blank ? 'Nothing is looked for yet' : found.length === 0 ? 'Nothing found' : undefined;
	return (
		<search className="flex h-10 flex-none items-center gap-1 border-b border-line pr-3 pl-5">
			<div className="flex h-7 w-72 min-w-0 items-center gap-1.5 rounded-md bg-sunken px-2 focus-within:outline-2 focus-within:outline-focus">
				<Icon of={Search} size={14} className="text-ink-3" />
				<input
					ref={field}
					data-find
					type="text"
					value={typed}
					aria-label="Find in this conversation"
					placeholder="Find in this conversation"
					autoComplete="off"
					spellCheck={false}
					maxLength={1000}
					onChange={(event) => type(event.target.value)}
					onKeyDown={press}
					className="min-w-0 flex-1 bg-transparent outline-none"
				/>
			</div>
			<IconButton icon={ChevronUp} label="Earlier" keys="Enter" size="sm" blocked={none} onClick={() => step(-1)} />
			<IconButton
				icon={ChevronDown}
				label="Later"
				keys="Shift Enter"
				size="sm"
				blocked={none}
				onClick={() => step(1)}
			/>
			<span role="status" className="min-w-0 flex-1 truncate px-1.5 text-xs text-ink-3 tabular-nums">
				{blank ? '' : (none ?? `${formatCount(at + 1)} of ${formatQuantity(found.length, 'message')}`)}
			</span>
			<IconButton icon={X} label="Close" keys="Esc" size="sm" onClick={close} />
		</search>
	);
}
