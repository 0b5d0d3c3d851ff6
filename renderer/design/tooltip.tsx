import { Tooltip as Base } from '@base-ui/react/tooltip';
import { type ReactElement, useState } from 'react';

/**
 * A name (and key) shown on hover and focus. Never the only place for a fact. Esc closes it and still does the rest of
 * its work: a tooltip under a resting pointer must not keep it from stopping an answer.
 */
export function Tooltip({
	text,
	keys,
	side = 'bottom',
	children,
}: {
	text: string;
	keys?: string | undefined;
	side?: 'top' | 'bottom' | 'right' | 'left';
	children: ReactElement<Record<string, unknown>>;
}) {
	const [open, setOpen] = useState(false);

	function change(next: boolean, details: Base.Root.ChangeEventDetails): void {
		setOpen(next);
		if (details.reason !== 'escape-key') return;
		details.cancel();
		details.allowPropagation();
	}

	return (
		<Base.Root open={open} onOpenChange={change}>
			<Base.Trigger render={children} />
			<Base.Portal>
				<Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
					<Base.Popup
						data-tooltip
						className="scaled flex min-h-6.5 max-w-80 items-center gap-2 rounded-[6px] bg-ink px-2 py-1 text-xs text-surface transition-opacity duration-(--fast) data-ending-style:opacity-0 data-starting-style:opacity-0"
					>
						<span>{text}</span>
						{keys === undefined || keys === '' ? null : <span className="opacity-72">{keys}</span>}
					</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.Root>
	);
}

/** A button that opens something, with its name as a tooltip if it shows no words itself. */
export function NamedTrigger({
	name,
	side,
	children,
}: {
	name: string | undefined;
	side: 'top' | 'bottom';
	children: ReactElement<Record<string, unknown>>;
}) {
	if (name === undefined) return children;
	return (
		<Tooltip text={name} side={side}>
			{children}
		</Tooltip>
	);
}

/** Tooltips appear after 400 ms, and at once when moving from one to the next. */
export function TooltipDelay({ children }: { children: React.ReactNode }) {
	return (
		<Base.Provider delay={400} timeout={200}>
			{children}
		</Base.Provider>
	);
}
