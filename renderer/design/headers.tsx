import { X } from 'lucide-react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { t } from '../messages/t.ts';
import { IconButton } from './button.tsx';

const titleClass = 'text-[14px] font-semibold tracking-[-0.006em]';

/** The bar at the top of a screen, by which the window is dragged: its title, and controls for the whole screen. */
export function ScreenHeader({ children }: { children: ReactNode }) {
	return (
		<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">{children}</header>
	);
}

export function ScreenTitle({ className = '', children, ...rest }: ComponentProps<'h1'>) {
	return (
		<h1 {...rest} className={`${titleClass} ${className}`}>
			{children}
		</h1>
	);
}

/** The bar at the top of a side pane: heading, buttons, and a Close button if `onClose` is given. */
export function PaneHeader({
	heading,
	headingRef,
	hint,
	children,
	onClose,
}: {
	heading: ReactNode;
	/** For a pane that takes the focus when it opens. */
	headingRef?: Ref<HTMLHeadingElement>;
	/** The whole of a heading that may be cut. */
	hint?: string;
	children?: ReactNode;
	onClose?: (() => void) | undefined;
}) {
	return (
		<header className="flex h-12 flex-none items-center gap-1 border-b border-line pr-2 pl-4">
			<h2
				ref={headingRef}
				tabIndex={headingRef === undefined ? undefined : -1}
				title={hint}
				dir="auto"
				className={`min-w-0 flex-1 truncate outline-none ${titleClass}`}
			>
				{heading}
			</h2>
			{children}
			{onClose === undefined ? null : <IconButton icon={X} label={t('Close')} onClick={onClose} />}
		</header>
	);
}
