import { Plus, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useWindowWidth } from '../../app/media.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Kbd } from '../../design/kbd.tsx';
import { SearchBox } from '../../design/rows/search-box.tsx';
import { useServices } from '../../services.ts';

/** Whether a key press belongs to somebody who is typing. */
const isTyping = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Right end of the head of Models while it shows what is on this computer: filter and add. */
export function LibraryActions() {
	const { models } = useServices();
	const narrow = useWindowWidth() === 'narrow';
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
			<SearchBox
				ref={box}
				className="w-42.5 min-w-24"
				label="Filter the models"
				placeholder="Filter"
				value={filter}
				maxLength={200}
				onType={set}
				onKeyDown={(event) => {
					if (event.key === 'Escape' && filter !== '') {
						event.stopPropagation();
						set('');
					}
				}}
			>
				{filter === '' ? (
					<Kbd>/</Kbd>
				) : (
					<button type="button" aria-label="Clear the filter" onClick={() => set('')} className="text-ink-3">
						<Icon of={X} size={12} />
					</button>
				)}
			</SearchBox>
			<Button icon={Plus} onClick={() => models.view.setState({ dialog: { kind: 'add' } })}>
				{narrow ? 'Add' : 'Add file or folder'}
			</Button>
		</>
	);
}
