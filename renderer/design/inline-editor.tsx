import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

/**
 * Edits a text in place: focuses the field with the cursor at the end, Esc cancels, buttons are below. The focus returns
 * to what opened it.
 */
export function InlineEditor({
	label,
	value,
	onChange,
	submits,
	onSubmit,
	onClose,
	className = '',
	above,
	children,
}: {
	label: string;
	value: string;
	onChange: (text: string) => void;
	/** Whether a key press submits. */
	submits: (event: KeyboardEvent) => boolean;
	onSubmit: () => void;
	onClose: () => void;
	className?: string;
	/** Belongs to the text, such as its files. */
	above?: ReactNode;
	children: ReactNode;
}) {
	const area = useRef<HTMLTextAreaElement>(null);
	const [opener] = useState(() => document.activeElement);
	useEffect(() => {
		area.current?.focus();
		area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
		const surroundings = area.current?.closest<HTMLElement>('[tabindex="-1"]');
		// When it closes, the focus would be lost with it: it returns to what opened the editor, or to what holds it.
		return () => {
			requestAnimationFrame(() => {
				if (document.activeElement !== document.body) return;
				if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) {
					opener.focus({ preventScroll: true });
				} else surroundings?.focus({ preventScroll: true });
			});
		};
	}, [opener]);
	return (
		<div
			className={`rounded-xl border border-control bg-raised p-2 shadow-sheet focus-within:border-accent ${className}`}
		>
			{above}
			<textarea
				ref={area}
				aria-label={label}
				value={value}
				dir="auto"
				onChange={(event) => onChange(event.target.value)}
				onKeyDown={(event) => {
					if (event.key === 'Escape') {
						event.stopPropagation();
						onClose();
					} else if (submits(event)) {
						event.preventDefault();
						onSubmit();
					}
				}}
				className="block field-sizing-content max-h-80 w-full resize-none bg-transparent px-1.5 py-1 text-md outline-none"
			/>
			<div className="mt-1 flex flex-wrap items-center gap-2 pl-1.5">{children}</div>
		</div>
	);
}
