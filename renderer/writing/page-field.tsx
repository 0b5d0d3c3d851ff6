import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

const textClass =
	'[grid-area:1/1] block w-full px-6 pt-6 pb-24 text-md/7 whitespace-pre-wrap [overflow-wrap:anywhere] [font-kerning:none]';

/** The text of the page. While the model writes, its text appears at the cursor and the field can't be changed. */
export function PageField() {
	const { pages } = useServices();
	const text = useStore(pages.state, (state) => state.text);
	const selection = useStore(pages.state, (state) => state.selection);
	const writing = useStore(pages.state, (state) => state.writing);
	const written = useStore(pages.state, (state) => state.written);
	const area = useRef<HTMLTextAreaElement>(null);
	const end = useRef<HTMLSpanElement>(null);
	/** The selection before the latest change. */
	const before = useRef({ start: 0, end: 0 });
	const shown = writing === null ? text : text.slice(0, writing.at) + writing.text + text.slice(writing.at);
	const mark =
		writing === null
			? written && { from: written.from, to: written.to }
			: { from: writing.at, to: writing.at + writing.text.length };

	useLayoutEffect(() => {
		const field = area.current;
		if (field === null) return;
		before.current = { start: selection.start, end: selection.end };
		if (field.selectionStart === selection.start && field.selectionEnd === selection.end) return;
		field.setSelectionRange(selection.start, selection.end);
	}, [selection]);

	useLayoutEffect(() => {
		if (writing !== null) end.current?.scrollIntoView({ block: 'nearest' });
	}, [writing]);

	// The menu's Undo and Redo, which know nothing of what the model wrote.
	useEffect(() => {
		const field = area.current;
		const take = (event: InputEvent): void => {
			if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return;
			event.preventDefault();
			if (event.inputType === 'historyUndo') pages.undo();
			else pages.redo();
		};
		field?.addEventListener('beforeinput', take);
		return () => field?.removeEventListener('beforeinput', take);
	}, [pages]);

	function press(event: KeyboardEvent<HTMLTextAreaElement>): void {
		const { start, end: last } = selectionOf(event.currentTarget);
		before.current = { start, end: last };
		if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
		const key = event.key.toLowerCase();
		const redo = (key === 'z' && event.shiftKey) || (key === 'y' && !event.shiftKey);
		if (key !== 'z' && !redo) return;
		event.preventDefault();
		if (redo) pages.redo();
		else pages.undo();
	}

	return (
		<div className="mx-auto grid min-h-full w-full max-w-[calc(var(--reading)+48px)]">
			<div aria-hidden className={`${textClass} pointer-events-none text-transparent`}>
				{mark === null ? (
					shown
				) : (
					<>
						{shown.slice(0, mark.from)}
						<span className="rounded-[3px] bg-accent-soft box-decoration-clone">{shown.slice(mark.from, mark.to)}</span>
						<span ref={end} className={writing === null ? '' : 'border-l-2 border-accent'} />
						{shown.slice(mark.to)}
					</>
				)}
				{'\u200b'}
			</div>
			<textarea
				ref={area}
				data-region-focus
				data-page-text
				aria-label={t('Text of the page')}
				aria-busy={writing !== null}
				dir="auto"
				spellCheck
				readOnly={writing !== null}
				placeholder={t('Write the beginning, then let the model continue at the cursor')}
				value={shown}
				onKeyDown={press}
				onPointerDown={(event) => {
					before.current = selectionOf(event.currentTarget);
				}}
				onSelect={(event) => {
					const now = selectionOf(event.currentTarget);
					before.current = now;
					if (writing === null) pages.moveTo(now.end);
				}}
				onChange={(event) => pages.type(event.target.value, selectionOf(event.target), before.current)}
				className={`${textClass} resize-none overflow-hidden bg-transparent outline-none`}
			/>
		</div>
	);
}

function selectionOf({ selectionStart, selectionEnd }: HTMLTextAreaElement): { start: number; end: number } {
	return { start: selectionStart, end: selectionEnd };
}
