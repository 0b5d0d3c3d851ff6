import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';

/** Edits a title in place: Enter saves, Esc cancels. */
export function RenameField({ conversation, large = false }: { conversation: Conversation; large?: boolean }) {
	const services = useServices();
	const [title, setTitle] = useState(conversation.title);
	const input = useRef<HTMLInputElement>(null);
	// Wait until the menu has returned the focus.
	useEffect(() => {
		const frame = requestAnimationFrame(() => input.current?.select());
		return () => cancelAnimationFrame(frame);
	}, []);
	function close(): void {
		services.layout.set({ renaming: null });
	}
	function keep(): void {
		const next = title.trim();
		close();
		if (next === '' || next === conversation.title) return;
		void runOrToast(services, () => services.conversations.rename(conversation.id, next));
	}
	return (
		<input
			ref={input}
			aria-label={t('Title')}
			value={title}
			maxLength={500}
			onChange={(event) => setTitle(event.target.value)}
			onBlur={keep}
			onKeyDown={(event) => {
				event.stopPropagation();
				if (event.key === 'Enter') event.currentTarget.blur();
				if (event.key === 'Escape') close();
			}}
			className={`h-7.5 w-full rounded-[6px] border border-control bg-surface px-[7px] outline-2 -outline-offset-1 outline-focus ${large ? 'max-w-105 text-[14px] font-semibold' : ''}`}
		/>
	);
}
