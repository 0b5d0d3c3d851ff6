import { Plus, Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useWidth } from '../../app/media.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Kbd } from '../../design/kbd.tsx';
import { useServices } from '../../services.ts';

/** Whether a key press belongs to somebody who is typing. */
const isTyping = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Right end of the head of Models while it shows what is on this computer: filter and add. */
export function LibraryActions() {
	const { models } = useServices();
	const narrow = useWidth() === 'narrow';
	const filter = useStore(models.view, (view) => view.filter);
	const box = useRef<HTMLInputElement>(null);
	useEffect(() => {
		const onKey = (event: KeyboardEvent): void => {
			if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
			event.preventDefault();
			box.current?.focus();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, []);
	const set = (text: string) => models.view.setState({ filter: text });
	return (
		<>
			<label className="flex h-7.5 w-42.5 min-w-24 items-center gap-1.5 rounded-md bg-hover px-2 focus-within:outline-2 focus-within:outline-focus">
				<Icon of={Search} size={14} className="text-ink-3" />
				<input
					ref={box}
					type="search"
					aria-label="Filter the models"
					placeholder="Filter"
					value={filter}
					maxLength={200}
					onChange={(event) => set(event.target.value)}
					onKeyDown={(event) => {
						if (event.key === 'Escape' && filter !== '') {
							event.stopPropagation();
							set('');
						}
					}}
					className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
				/>
				{filter === '' ? (
					<Kbd>/</Kbd>
				) : (
					<button type="button" aria-label="Clear the filter" onClick={() => set('')} className="text-ink-3">
						<Icon of={X} size={12} />
					</button>
				)}
			</label>
			<Button icon={Plus} onClick={() => models.view.setState({ dialog: { kind: 'add' } })}>
				{narrow ? 'Add' : 'Add file or folder'}
			</Button>
		</>
	);
}
